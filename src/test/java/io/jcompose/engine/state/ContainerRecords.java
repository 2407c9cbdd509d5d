package io.jcompose.engine.state;

import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Mount;
import io.jcompose.container.ProcessSpec;
import io.jcompose.container.RootSpec;
import io.jcompose.compose.model.Dependency;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A record that has something of everything. */
public final class ContainerRecords {
  private ContainerRecords() {}

  public static ContainerRecord record(String id) {
    ContainerSpec spec =
        ContainerSpec.of(
                id, "shop-web-1", RootSpec.of(List.of(Path.of("/layers/x"))), ProcessSpec.of(List.of("sleep", "9")))
            .withMounts(List.of(new Mount.Volume("v", "/vols/v/_data", "/data", false, false, "")));
    return new ContainerRecord(
        spec, "shop", "web", 1, false, 1234, Map.of("image", "busybox"), "busybox", "sha256:" + "a".repeat(64), "", "",
        List.of(new Attachment("n1", "default", "shop_default", List.of("web"), "", "", "", 0, 0, "")), Map.of(),
        List.of(new PublishedPort("", 80, 80, 80, "tcp")), List.of("80/tcp"),
        new HealthSpec(List.of("true"), 1, 2, 3, 4, 5), new RestartSpec(RestartSpec.Mode.ALWAYS, 0),
        Map.of("/data", new MountedVolume("v", false)), List.of(Dependency.healthy("db")), Set.of(),
        List.of("10.0.0.1 other"), List.of("9.9.9.9"), List.of("lan"), List.of("ndots:2"), "/src/shop",
        List.of("/src/shop/compose.yaml"), "",
        new Lifetime(true, true, List.of(), List.of(new HookSpec(List.of("sync"), "db", false, "", List.of("X=1")))));
  }
}

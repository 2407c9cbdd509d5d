package io.jcompose.engine.compile;

import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.SecretSpec;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.SourceMap;
import io.jcompose.compose.model.VolumeSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A project with a volume, two networks and two secrets. */
final class Shop {
  static final Project PROJECT = with();

  private Shop() {}

  static Project with(Service... services) {
    Map<String, Service> byName = new java.util.HashMap<>();
    for (Service service : services) {
      byName.put(service.name(), service);
    }
    return new Project(
        "shop", Path.of("/src/shop"), List.of(Path.of("/src/shop/compose.yaml")), List.of(), Map.of(), byName,
        Map.of(),
        Map.of(
            "default", NetworkSpec.of("default", "shop_default"), "back", NetworkSpec.of("back", "shop_back")),
        Map.of("data", VolumeSpec.of("data", "shop_data")),
        Map.of(),
        Map.of(
            "key", secret("key", Optional.of("s3cret")), "unset", secret("unset", Optional.empty())),
        Map.of(), List.of(), SourceMap.EMPTY);
  }

  private static SecretSpec secret(String key, Optional<String> value) {
    return new SecretSpec(key, "shop_" + key, new FileSource.Variable("UNSET_VARIABLE", value), Map.of(), Optional.empty());
  }
}

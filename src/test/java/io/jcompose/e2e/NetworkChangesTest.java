package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes of a running container's networks that meet each other or fail half-way. */
class NetworkChangesTest {
  private static final List<String> EXTRA = List.of("n1", "n2", "n3", "n4");
  @RegisterExtension private static final TestEngine engine = TestEngine.withFaults();

  private static TestProject web(String name) {
    TestProject project =
        engine.project(
            name,
            """
            services:
              web: {image: busybox, init: true, command: nc -ll -p 80 -e echo hello, ports: ["8093:80"]}
            """);
    project.up();
    EXTRA.forEach(network -> engine.run("network", "create", network).ok());
    return project;
  }

  private static void down(TestProject project) {
    project.down();
    EXTRA.forEach(network -> engine.run("network", "rm", network).ok());
  }

  @Test
  void joinsAtTheSameTimeLoseNone() {
    TestProject project = web("meeting");
    List<CompletableFuture<Result>> joins =
        EXTRA.stream()
            .map(n -> CompletableFuture.supplyAsync(() -> engine.run("network", "connect", n, "meeting-web-1")))
            .toList();
    joins.forEach(join -> join.join().ok());
    assertThat(project.sh("web", "ls /sys/class/net").split("\\s+")).contains("eth0", "eth1", "eth2", "eth3", "eth4");
    down(project);
  }

  @Test
  void whatFailsLeavesTheContainerWhereItWas() throws IOException {
    TestProject project = web("failing");
    String before = project.sh("web", "ip -o -4 addr show eth0 | cut -d' ' -f7");
    failing("connect", "n1");
    assertThat(project.sh("web", "ls /sys/class/net")).doesNotContain("eth1");

    engine.run("network", "connect", "n2", "failing-web-1").ok();
    failing("disconnect", "failing_default");
    assertThat(project.sh("web", "ip -o -4 addr show eth0 | cut -d' ' -f7")).isEqualTo(before);
    assertThat(engine.inNetwork("busybox", "nc", "-w", "5", "127.0.0.1", "8093").out()).isEqualTo("hello\n");
    down(project);
  }

  /** The change fails when all but its ports has been done. */
  private static void failing(String verb, String network) throws IOException {
    Files.writeString(engine.faultFile(), "port.published:error");
    assertThat(engine.run("network", verb, network, "failing-web-1").code()).isNotZero();
    assertThat(engine.faultFile()).doesNotExist();
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The host is started anew: nothing of ours runs, its bridges and rules are gone, what is on disk is there. */
class RebootTest {
  private static final String STACK =
      """
      services:
        always: {image: busybox, init: true, command: sleep 1000, restart: always, ports: ["8110:80"]}
        stopped: {image: busybox, init: true, command: sleep 1000, restart: always}
        unless: {image: busybox, init: true, command: nc -ll -p 80 -e echo hello, restart: unless-stopped}
        rested: {image: busybox, init: true, command: sleep 1000, restart: unless-stopped}
        once: {image: busybox, init: true, command: sleep 1000}
      """;

  @Test
  @Tag("F-07")
  void afterARebootRunsWhatIsToRunAlways() throws IOException {
    try (TestEngine engine = TestEngine.withBusybox()) {
      TestProject project = engine.project("boot", STACK).up();
      project.run("stop", "-t", "0", "stopped", "rested").ok();
      reboot(engine);
      engine.run("engine", "start").ok();
      for (String service : new String[] {"always", "stopped", "unless"}) {
        project.awaitState(service, "running");
      }
      for (String service : new String[] {"rested", "once"}) {
        assertThat(project.ps(service, "State")).as(service).isEqualTo("exited");
      }
      assertThat(project.ps("once", "ExitCode")).isEqualTo("255");
      assertThat(project.sh("always", "nc -w 5 unless 80")).isEqualTo("hello");
      assertThat(engine.inNetwork("nft", "list", "tables").out()).contains("jcompose-");
      assertThat(project.run("up", "-d").ok().err()).doesNotContain("Creating", "Recreate");
      assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(5);
      project.down();
    }
  }

  /** All processes at once, what the kernel has of ours, and the boot that the engine has noted. */
  static void reboot(TestEngine engine) throws IOException {
    engine.audit().killWhatIsLeft();
    await("nothing runs")
        .atMost(Duration.ofSeconds(20))
        .until(() -> engine.audit().take().things().get(LeakAudit.Kind.PROCESS).isEmpty());
    for (String link : engine.audit().take().things().get(LeakAudit.Kind.LINK)) {
      engine.inNetwork("ip", "link", "del", link);
    }
    engine.inNetwork("nft", "flush", "ruleset").ok();
    Files.writeString(
        engine.root().resolve("boot.json"), "{\"boot\":\"00000000-0000-0000-0000-000000000000\"}");
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that no signal reaches, because the kernel waits for a disk. */
class HungProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @Tag("F-17")
  void whatCannotBeKilledIsSaidAndGoesWhenItCan() throws IOException {
    try (TestEngine engine = TestEngine.withBusybox()) {
      Path image = engine.folder().resolve("disk.img");
      Path disk = Files.createDirectory(engine.folder().resolve("disk"));
      Host.run("truncate", "-s", "16M", image.toString()).ok();
      Host.run("mkfs.ext4", "-q", image.toString()).ok();
      Host.run("mount", "-o", "loop", image.toString(), disk.toString()).ok();
      boolean frozen = false;
      try {
        TestProject project =
            engine.project(
                "hung",
                """
                services:
                  app:
                    image: busybox
                    command: [sh, -c, 'echo ready; while :; do echo x >/data/f; done']
                    volumes: ["%s:/data"]
                  other: {image: busybox, init: true, command: sleep 1000}
                """
                    .formatted(disk));
        project.up().awaitLogs("app", "ready");
        String pid = engine.run("container", "inspect", "-f", "{{.State.Pid}}", "hung-app-1").ok().out().strip();
        Host.run("fsfreeze", "-f", disk.toString()).ok();
        frozen = true;
        await("it waits for the disk")
            .atMost(PATIENCE)
            .until(() -> Files.readString(Path.of("/proc", pid, "stat")).contains(") D "));
        assertThat(project.run("stop", "-t", "0", "app").expect(1).err()).contains("could not be killed");
        assertThat(project.sh("other", "echo here")).isEqualTo("here");
        assertThat(project.ps("app", "State")).isEqualTo("running");
        Host.run("fsfreeze", "-u", disk.toString()).ok();
        frozen = false;
        project.awaitState("app", "exited");
        project.down();
      } finally {
        if (frozen) {
          Host.run("fsfreeze", "-u", disk.toString()).ok();
        }
        Host.run("umount", disk.toString()).ok();
      }
    }
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An engine whose disk is full says so, and works on when there is room again. */
class FullDiskTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.onADiskOf("24m");
  private TestProject project;

  private TestProject build(String name, String dockerfile) {
    project =
        engine.project(name, "services: {app: {build: ., init: true, command: sleep 1000}}\n")
            .file("Dockerfile", dockerfile);
    return project;
  }

  @Test
  @Tag("F-19")
  void aStepThatFillsTheDiskFailsTheBuildAndLeavesNothing() {
    build("step", "FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=100\n");
    Result up = project.run("up", "-d").expect(1);
    assertThat(up.err()).contains("Dockerfile:2", "no space is left on the disk").doesNotContain("\tat ");
    build("step", "FROM busybox\nRUN echo fits >/small\n").up();
    assertThat(project.sh("app", "cat /small")).isEqualTo("fits");
  }

  @Test
  void aFileThatIsTooLargeFailsTheBuildAndLeavesNothing() {
    build("copy", "FROM busybox\nCOPY big /big\n").file("big", "x".repeat(30_000_000));
    Result up = project.run("up", "-d").expect(1);
    assertThat(up.err()).contains("COPY big /big: no space is left on the disk").doesNotContain("\tat ");
    build("copy", "FROM busybox\nCOPY Dockerfile /small\n").up();
    assertThat(project.sh("app", "head -n 1 /small")).isEqualTo("FROM busybox");
  }

  @Test
  @Tag("F-19")
  void aContainerThatFillsTheDiskIsTakenDownLikeAnyOther() {
    build("container", "FROM busybox\n").up();
    Result dd = project.run("exec", "-T", "app", "dd", "if=/dev/zero", "of=/big", "bs=1M", "count=100");
    assertThat(dd.err()).contains("No space left");
    assertThat(project.run("ps").ok().out()).contains("Up ");
    project.down();
    project.up();
    assertThat(project.sh("app", "ls /big 2>&1; true")).contains("No such file");
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A host that gives no descriptors, or lets nothing be written. */
class ScarcityTest {
  @Test
  @Tag("F-20")
  void onAReadOnlyDiskOneCanStillLook() {
    try (TestEngine engine = TestEngine.onADiskOf("24m")) {
      TestProject project =
          engine.project("ro", "services: {web: {image: busybox, init: true, command: sleep 1000}}\n").up();
      // What runs writes, and then the disk cannot be made read-only.
      project.run("stop", "-t", "0").ok();
      mount(engine, "remount,ro");
      assertThat(project.ps("web", "State")).isEqualTo("exited");
      Result start = project.run("start").expect(1);
      assertThat(start.err()).containsIgnoringCase("read-only file system").doesNotContain("Exception", "\tat ");
      Result down = project.run("down").expect(1);
      assertThat(down.err()).containsIgnoringCase("read-only file system").doesNotContain("Exception", "\tat ");
      mount(engine, "remount,rw");
      project.run("start").ok();
      assertThat(project.sh("web", "echo in")).isEqualTo("in");
      project.down();
      engine.forgiveTheLog();
    }
  }

  private static void mount(TestEngine engine, String options) {
    engine
        .startProgram(
            engine.folder(), Map.of(), List.of("mount", "-o", options, engine.root().toString()))
        .closeInput()
        .end()
        .ok();
  }

  @Test
  @Tag("F-21")
  void anEngineWithFewDescriptorsRefusesAndLives() {
    try (TestEngine engine = new TestEngine()) {
      engine
          .startProgram(
              engine.folder(),
              Map.of(),
              List.of("sh", "-c", "ulimit -n 160; exec " + TestEngine.client() + " image bootstrap busybox"))
          .closeInput()
          .end()
          .ok();
      TestProject project =
          engine.project(
              "few",
              "services: {web: {image: busybox, init: true, command: sleep 1000, scale: 40}}\n");
      long pid = engine.pid().orElseThrow();
      Result up = project.run("up", "-d");
      assertThat(up.code()).isNotZero();
      assertThat(up.err()).containsIgnoringCase("too many open files").doesNotContain("\tat ");
      assertThat(engine.pid()).contains(pid);
      project.down();
      project.run("up", "-d", "--scale", "web=1").ok();
      assertThat(project.sh("web", "echo in")).isEqualTo("in");
      project.down();
      engine.forgiveTheLog();
    }
  }
}

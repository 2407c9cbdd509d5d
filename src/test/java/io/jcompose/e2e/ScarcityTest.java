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
    inside(engine, "mount -o " + options + " %1$s").ok();
  }

  @Test
  @Tag("F-19")
  @Tag("RES-9")
  void aDiskThatIsFullIsSaidAndWhatRunsGoesOn() {
    try (TestEngine engine = TestEngine.onAnExt4Of("64m")) {
      engine.forgiveTheLog();
      String script = "i=0; while :; do i=$$((i+1)); echo line $$i; usleep 2000; done";
      TestProject project =
          engine.project("on", "services: {app: {image: busybox, init: true, command: [sh, -c, '%s']}}\n".formatted(script));
      project.up().awaitLogs("app", "line 5\n");
      String id = project.id("app");
      TestProject late = engine.project("late", "services: {web: {image: busybox, init: true, command: sleep 1000}}\n");
      inside(engine, "dd if=/dev/zero of=%1$s/ballast bs=64k; dd if=/dev/zero of=%1$s/ballast.2 bs=1k").expect(1);

      Result up = late.run("up", "-d").expect(1);
      assertThat(up.err()).contains("the disk that holds the engine's data is full").doesNotContain("Exception", "\tat ");
      assertThat(late.run("ps", "-aq").ok().out()).as("nothing half made").isEmpty();
      assertThat(project.sh("app", "echo in")).isEqualTo("in");
      Host.run("kill", "-KILL", Long.toString(engine.pid().orElseThrow())).ok();
      assertThat(project.sh("app", "echo in")).as("by the next engine").isEqualTo("in");
      assertThat(project.id("app")).isEqualTo(id);

      inside(engine, "rm %1$s/ballast %1$s/ballast.2").ok();
      late.up();
      assertThat(late.sh("web", "echo in")).isEqualTo("in");
      String last = project.run("logs", "--no-log-prefix", "--tail", "1", "app").ok().out();
      project.awaitLogs("app", "line " + (Long.parseLong(last.replaceAll("\\D", "")) + 1) + "\n");
      assertThat(inside(engine, "find %1$s -name '*.corrupt-*'").ok().out()).isEmpty();
      late.down();
      project.down();
    }
  }

  @Test
  @Tag("RES-11")
  void aDiskWithoutRoomForNamesIsSaidAndNothingHalfMadeStays() {
    try (TestEngine engine = TestEngine.onADiskOf("24m,nr_inodes=3000")) {
      engine.forgiveTheLog();
      TestProject project = engine.project("names", "services: {web: {image: busybox, init: true, command: sleep 1000, scale: 2}}\n");
      inside(engine, "mkdir %1$s/names; i=0; while : >%1$s/names/$i; do i=$((i+1)); done").expect(2);
      Result up = project.run("up", "-d").expect(1);
      assertThat(up.err()).contains("the disk that holds the engine's data is full").doesNotContain("Exception", "\tat ");
      assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
      assertThat(project.run("down").ok().err()).doesNotContain("Exception");
      inside(engine, "rm -r %1$s/names").ok();
      project.up();
      assertThat(project.sh("web", "echo in")).isEqualTo("in");
      project.down();
    }
  }

  /** Runs a shell where the engine's disk is, whose place is {@code %1$s}. */
  private static Result inside(TestEngine engine, String script) {
    return engine
        .startProgram(engine.folder(), Map.of(), List.of("sh", "-c", script.formatted(engine.root())))
        .closeInput()
        .end();
  }

  @Test
  @Tag("F-21")
  @Tag("RES-10")
  void anEngineWithFewDescriptorsRefusesAndLives() {
    try (TestEngine engine = new TestEngine()) {
      engine
          .startProgram(
              engine.folder(),
              Map.of(),
              List.of("sh", "-c", "ulimit -n 256; exec " + TestEngine.client() + " image bootstrap busybox"))
          .closeInput()
          .end()
          .ok();
      TestProject project =
          engine.project(
              "few",
              "services: {web: {image: busybox, init: true, command: sleep 1000, scale: 100}}\n");
      long pid = engine.pid().orElseThrow();
      Result up = project.run("up", "-d");
      assertThat(up.code()).isNotZero();
      assertThat(up.err()).containsIgnoringCase("too many open files").doesNotContain("\tat ");
      assertThat(engine.pid()).contains(pid);
      long running = project.run("ps", "-q").ok().out().lines().count();
      assertThat(running).isPositive();
      assertThat(keepers(engine)).as("each has a keeper and an init, and nothing else has").isEqualTo(2 * running);
      assertThat(engine.audit().take().things().get(LeakAudit.Kind.CGROUP))
          .filteredOn(group -> group.matches(".*/pids/.*/c/[0-9a-f]+"))
          .as("so is what has a control group")
          .hasSize((int) running);
      project.down();
      project.run("up", "-d", "--scale", "web=1").ok();
      assertThat(project.sh("web", "echo in")).isEqualTo("in");
      project.down();
      engine.forgiveTheLog();
    }
  }

  private static long keepers(TestEngine engine) {
    return engine.audit().take().things().get(LeakAudit.Kind.PROCESS).stream()
        .filter(process -> process.contains("jcompose: keeper "))
        .count();
  }

  @Test
  @Tag("RES-15")
  void aBridgeWithoutAPortLeftIsSaidAndNothingHalfMadeStays() {
    try (TestEngine engine = TestEngine.withBusybox()) {
      TestProject project =
          engine.project(
              "crowd",
              """
              services:
                first: {image: busybox, init: true, command: sleep 1000}
                late: {image: busybox, init: true, command: sleep 1000}
              """);
      project.run("up", "-d", "first").ok();
      String bridge =
          engine.inNetwork("sh", "-c", "ip -o link show type bridge | sed 's/^[0-9]*: //; s/:.*//'").ok().out().strip();
      // Their other ends, and so they themselves, go with the process's namespace.
      String fill =
          "unshare -n sleep 100 >/dev/null 2>&1 &"
              + " while [ $(readlink /proc/$!/ns/net) = $(readlink /proc/self/ns/net) ]; do :; done;"
              + " for i in $(seq 1022); do echo link add fill$i master %s type veth peer name p$i netns $!; done | ip -batch -"
              + " && echo $!";
      String sleeper = engine.inNetwork("sh", "-c", fill.formatted(bridge)).ok().out().strip();

      Result up = project.run("up", "-d").expect(1);
      assertThat(up.err())
          .contains("network crowd_default has no place for another container: a bridge takes 1023")
          .doesNotContain("Exception", "\tat ");
      assertThat(project.ps("first", "State")).isEqualTo("running");
      assertThat(project.ps("late", "State")).isEqualTo("created");
      assertThat(Host.run("sh", "-c", "ps -eo args | grep -c '[k]eeper crowd-late'").out()).isEqualTo("0\n");

      Host.run("kill", sleeper).ok();
      engine.inNetwork("sh", "-c", "while ip -o link show fill1022; do :; done 2>/dev/null").ok();
      project.up();
      assertThat(project.sh("late", "ping -c 1 -W 2 first >/dev/null && echo met")).isEqualTo("met");
      project.down();
    }
  }
}

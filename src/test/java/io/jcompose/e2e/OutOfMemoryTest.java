package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jcompose.network.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Memory that runs out: what counts, who is killed for it, and what is known of it afterwards. {@code
 * -Djcompose.oom.rounds=N} kills 20 times as many.
 */
class OutOfMemoryTest {
  private static final int ROUNDS = Integer.getInteger("jcompose.oom.rounds", 1);
  private static final int AT_ONCE = 20;
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  /** "true 137" for each that the kernel has killed for want of memory. */
  private static List<String> ends(TestProject project) {
    List<String> inspect = new ArrayList<>(List.of("container", "inspect", "-f", "{{.State.OOMKilled}} {{.State.ExitCode}}"));
    project.run("ps", "-aq").ok().out().lines().forEach(inspect::add);
    return engine.run(inspect.toArray(String[]::new)).ok().out().lines().toList();
  }

  @Test
  @Tag("RES-4")
  void itIsKnownOfEachThatRanOut() {
    TestProject project =
        engine.project(
            "many", "services: {app: {image: busybox, command: tail /dev/zero, mem_limit: 8m, scale: %d}}\n".formatted(AT_ONCE));
    for (int round = 0; round < ROUNDS; round++) {
      project.up().run("wait", "app");
      assertThat(ends(project)).isEqualTo(Collections.nCopies(AT_ONCE, "true 137"));
      project.down();
    }
  }

  @Test
  @Tag("RES-4")
  void itIsKnownOfOneThatRanOutWhileThereWasNoEngine() throws IOException {
    String wait = "until test -e /bound/go; do usleep 5000; done; exec tail /dev/zero";
    TestProject project =
        engine.project(
            "unseen",
            "services: {app: {image: busybox, command: [sh, -c, '%s'], mem_limit: 8m, volumes: ['./bound:/bound']}}\n".formatted(wait));
    project.up();
    Path process =
        Path.of("/proc", engine.run("container", "inspect", "-f", "{{.State.Pid}}", "unseen-app-1").ok().out().strip());
    long launcher = engine.launcher();
    long pid = engine.pid().orElseThrow();
    Host.run("kill", "-STOP", Long.toString(launcher)).ok();
    try {
      Host.run("kill", "-KILL", Long.toString(pid)).ok();
      Files.createFile(project.folder().resolve("bound/go"));
      await("its end").atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(process));
    } finally {
      Host.run("kill", "-CONT", Long.toString(launcher)).ok();
    }
    assertThat(ends(project)).containsExactly("true 137");
  }

  @Test
  @Tag("RES-4")
  void itIsNotSaidOfTheRunThatFollows() {
    String script = "test -e /again && exit 3; touch /again; exec tail /dev/zero";
    TestProject project =
        engine.project(
            "again",
            "services: {app: {image: busybox, command: [sh, -c, '%s'], mem_limit: 8m, restart: 'on-failure:1'}}\n".formatted(script));
    project.up().run("wait", "app");
    await("the second end").atMost(Duration.ofSeconds(20)).until(() -> ends(project).equals(List.of("false 3")));
  }

  /** Writes 48 MiB. */
  private static Result fill(String memory, String file, String... flags) {
    List<String> run = new ArrayList<>(List.of("container", "run", "--rm", "-m", memory));
    run.addAll(List.of(flags));
    run.addAll(List.of("busybox", "dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=48"));
    return engine.run(run.toArray(String[]::new));
  }

  @Test
  void aLimitThatNothingCanStartInIsRefused() {
    TestProject project =
        engine.project("tiny", "services: {app: {image: busybox, command: sleep 1, mem_limit: 1k}}");
    assertThat(project.run("up", "-d").expect(1).err()).contains("app", "mem_limit", "minimum memory limit allowed is 6MB");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  @Tag("RES-5")
  void sharedMemoryCountsAndHasItsOwnSize() {
    fill("128m", "/dev/shm/x").ok();
    fill("32m", "/dev/shm/x").expect(137);
    assertThat(fill("128m", "/dev/shm/x", "--shm-size", "8m").expect(1).err()).contains("No space left");
    Result two = engine.run("container", "run", "--rm", "busybox", "dd", "if=/dev/zero", "of=/dev/shm/x", "bs=1M", "count=65");
    assertThat(two.expect(1).err()).as("64 MiB unless it is said").contains("No space left");
  }

  @Test
  @Tag("RES-6")
  void aTmpfsWithoutASizeCountsAsMemory() {
    fill("128m", "/t/x", "--tmpfs", "/t").ok();
    fill("32m", "/t/x", "--tmpfs", "/t").expect(137);
    assertThat(fill("128m", "/t/x", "--tmpfs", "/t:size=8m").expect(1).err()).contains("No space left");
  }

  @Test
  @Tag("RES-5")
  void memoryAndSwapAreLimitedTogetherOrThatIsWarnedOf() {
    String look = "cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || echo none";
    Result run =
        engine.run("container", "run", "--rm", "-m", "16m", "--memory-swap", "20m", "busybox", "sh", "-c", look).ok();
    assertThat(run.out() + run.err()).containsPattern("^(20971520\n$|none\nwarning: .*this kernel has no swap limits)");
  }

  @Test
  @Tag("RES-7")
  void theEngineIsSparedAndItsContainersAreNot() throws IOException {
    TestProject project =
        engine.project(
            "spared",
            """
            services:
              plain: {image: busybox, init: true, command: sleep 1000}
              first: {image: busybox, init: true, command: sleep 1000, oom_score_adj: 500}
            """);
    project.up();
    // A root without CAP_SYS_RESOURCE may not have itself spared.
    String spared = Host.run("sh", "-c", "echo -900 >/proc/self/oom_score_adj").code() == 0 ? "-900\n" : "0\n";
    for (long pid : List.of(engine.pid().orElseThrow(), engine.launcher())) {
      assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "oom_score_adj"))).isEqualTo(spared);
    }
    String look = "cat /proc/1/oom_score_adj /proc/2/oom_score_adj /proc/self/oom_score_adj";
    assertThat(project.sh("plain", look)).isEqualTo("0\n0\n0");
    assertThat(project.sh("first", look)).isEqualTo("500\n500\n500");
  }

  @Test
  @Tag("RES-7")
  void oneThatMustNotBeKilledWaitsAtItsLimitAndCanBeTakenDown() {
    TestProject project =
        engine.project(
            "waits",
            """
            services:
              app:
                image: busybox
                command: [awk, 'BEGIN {s = "x"; while (1) s = s s}']
                mem_limit: 8m
                oom_kill_disable: true
            """);
    assertThat(project.run("up", "-d").ok().err()).doesNotContain("oom_kill_disable");
    Path control =
        Path.of("/sys/fs/cgroup/memory/jcompose-" + Mark.of(engine.root()).value() + "/c", project.id("app"), "memory.oom_control");
    await("its limit").atMost(Duration.ofSeconds(20)).until(() -> Files.readString(control).contains("under_oom 1"));
    assertThat(project.ps("app", "State")).isEqualTo("running");
    project.run("down", "-t", "0").ok();
    project.composeFile("services: {app: {image: busybox, command: 'true', oom_kill_disable: true}}\n");
    assertThat(project.run("up", "-d").ok().err()).contains("oom_kill_disable without a memory limit");
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody sets the time of day, by hours and by years. What takes time takes as long as ever. */
class WallClockTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration TEN_YEARS = Duration.ofDays(3652);
  private static final List<Duration> JUMPS =
      List.of(HOUR, HOUR.negated(), TEN_YEARS, TEN_YEARS.negated());

  @RegisterExtension private static final TestEngine engine = TestEngine.withAWallClock();
  private TestProject project;

  @AfterEach
  void goBack() {
    engine.clock().jump(Duration.ZERO);
  }

  private static Duration lasts(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Time is what this is about. */
  private static void pass(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("F-22: the control: keepers and engine have the time that was set")
  void theTimeIsTheOneThatWasSet() {
    engine.clock().jump(HOUR);
    project = engine.project("set", "services: {a: {image: busybox, init: true, command: sleep 1000}}\n").up();
    for (String field : List.of("Created", "State.StartedAt")) {
      String stamp = engine.run("container", "inspect", "-f", "{{." + field + "}}", "set-a-1").ok().out().strip();
      assertThat(Duration.between(Instant.now(), Instant.parse(stamp))).as(field).isBetween(HOUR.minusMinutes(1), HOUR.plusMinutes(1));
    }
  }

  @Test
  @DisplayName("F-22: a grace period lasts as long as it is")
  void graceAndWait() {
    project =
        engine
            .project("grace", "services: {deaf: {image: busybox, command: sleep 1000}, brief: {image: busybox, init: true, command: sleep 2}}\n")
            .up();
    Running wait = project.start("wait", "brief");
    Running stop = project.start("stop", "-t", "2", "deaf");
    Duration lasted =
        lasts(
            () -> {
              for (Duration jump : JUMPS) {
                engine.clock().jump(jump);
                pass(100);
              }
              stop.end().ok();
            });
    assertThat(lasted).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(30));
    assertThat(wait.end().code()).isZero();
  }

  @Test
  @DisplayName("F-22: checks come at their interval, neither all at once nor never, and up --wait ends")
  void healthchecks() {
    project =
        engine.project(
            "checked",
            """
            services:
              a:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: "echo >>/checks; test -e /well", interval: 100ms, start_period: 60s, start_interval: 100ms}
            """);
    Running up = project.start("up", "-d", "--wait");
    project.awaitState("a", "running");
    for (Duration jump : JUMPS) {
      engine.clock().jump(jump);
      int before = checks();
      Duration lasted = lasts(() -> await("checks after " + jump).until(() -> checks() >= before + 3));
      // Those that are one interval apart, and who are under way while one counts.
      assertThat(checks() - before).as("checks in %s after %s", lasted, jump).isLessThan((int) lasted.toMillis() / 100 + 10);
    }
    project.sh("a", "touch /well");
    up.end().ok();
  }

  private int checks() {
    return Integer.parseInt(project.sh("a", "wc -l </checks"));
  }

  @Test
  @DisplayName("F-22: the pauses of a crash loop grow, whatever time passes for everybody else")
  void backOff() {
    project =
        engine.project(
            "loop",
            "services: {a: {image: busybox, restart: always, command: sh -c 'cut -d\" \" -f1 /proc/uptime; sleep 0.3; exit 1'}}\n");
    Running up = project.start("up", "-d");
    up.end().ok();
    int jumps = 0;
    while (project.logs("a").lines().count() < 4) {
      engine.clock().jump(HOUR.multipliedBy(++jumps));
      pass(50);
    }
    List<Double> starts = project.logs("a").lines().map(Double::valueOf).toList();
    for (int i = 0; i < 3; i++) {
      double pause = 0.1 * (1 << i);
      assertThat(starts.get(i + 1) - starts.get(i)).as("start %d, after %d jumps", i + 1, jumps).isGreaterThan(0.3 + pause * 0.8);
    }
  }

  @Test
  @DisplayName("F-22: lines with stamps that go back are shown in their order, once, and followed to the end")
  void logs() {
    project =
        engine
            .project("told", "services: {a: {image: busybox, init: true, command: sh -c 'for i in 1 2 3 4 5 6; do echo line $$i; sleep 0.25; done'}}\n")
            .up();
    Running follow = project.start("logs", "-f", "--no-log-prefix", "--since", "20m", "a");
    for (Duration jump : List.of(HOUR.negated(), TEN_YEARS, TEN_YEARS.negated())) {
      pass(300);
      engine.clock().jump(jump);
    }
    assertThat(follow.end().ok().out()).contains("line 1\n");
    engine.clock().jump(Duration.ZERO);
    assertThat(project.logs("a")).isEqualTo("line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n");
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Duration asked = lasts(() -> project.run("logs", "-t", "--since", now, "--until", "1m", "a").ok());
    assertThat(asked).isLessThan(Duration.ofSeconds(30));
    engine.clock().jump(TEN_YEARS.negated());
    assertThat(project.ps("a", "Status")).isEqualTo("Exited (0) Less than a second ago");
    assertThat(project.run("why", "a").ok().out()).contains("it ended with exit code 0").doesNotContainPattern("-\\d+ (ms|s|min|h)");
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Health checks that behave badly. */
class HealthcheckTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private void up(String check, String settings) {
    project =
        engine.project(
            "health",
            """
            services:
              app:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: [CMD, sh, -c, '%s'], %s}
            """
                .formatted(check, settings));
    project.up();
  }

  private static JsonNode health() {
    try {
      String text = engine.run("container", "inspect", "-f", "{{json .State.Health}}", "health-app-1").ok().out();
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void awaitStatus(String status) {
    await(status)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(health().at("/Status").asText()).isEqualTo(status));
  }

  private String processes() {
    return project.sh("app", "ps -o args | grep -v -e ps -e grep -e 'sleep 1000' || true");
  }

  private long count(String commandLine) {
    return processes().lines().filter(line -> line.strip().equals(commandLine)).count();
  }

  @Test
  @Tag("F-26")
  void oneThatHangsIsKilledWithItsChildrenAndNeverRunsTwice() {
    up("sleep 2000 & sleep 3000", "interval: 100ms, timeout: 500ms, retries: 2");
    awaitStatus("unhealthy");
    JsonNode last = health().at("/Log/0");
    assertThat(last.at("/ExitCode").asInt()).isEqualTo(-1);
    assertThat(last.at("/Output").asText()).contains("exceeded timeout");
    // The whole line: a shell between its fork and its exec shows its own twice.
    await("a check runs").atMost(PATIENCE).until(() -> count("sleep 2000") == 1);
    for (int i = 0; i < 20; i++) {
      assertThat(count("sleep 2000")).isLessThanOrEqualTo(1);
    }
    project.run("stop", "-t", "5").ok();
    assertThat(project.ps("app", "State")).isEqualTo("exited");
  }

  @Test
  @Tag("F-26")
  void oneThatSaysMuchIsReadToItsEndAndKeptInPart() {
    up("head -c 100000000 /dev/zero | tr \\\\0 x; exit 1", "interval: 50ms, timeout: 20s, retries: 1");
    awaitStatus("unhealthy");
    assertThat(health().at("/Log/0/Output").asText()).hasSize(4096).matches("x+");
    assertThat(health().at("/Log/0/ExitCode").asInt()).isEqualTo(1);
  }

  @Test
  @Tag("F-26")
  void oneThatLeavesSomethingBehindIsNotWaitedFor() {
    up("sleep 2000 & exit 0", "interval: 50ms, timeout: 20s");
    awaitStatus("healthy");
  }

  @Test
  @Tag("F-26")
  void aStopDoesNotWaitForOneThatHangs() {
    up("echo begun >/begun; sleep 3000", "interval: 50ms, timeout: 1000s");
    await("the check runs")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(project.sh("app", "cat /begun || true")).isEqualTo("begun"));
    long begin = System.nanoTime();
    project.run("stop", "-t", "60").ok();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(project.ps("app", "State")).isEqualTo("exited");
  }

  /** An engine that was held for longer than many checks take makes one up at most. */
  @Test
  @Tag("F-23")
  void anEngineThatWasHeldMissesChecksButCountsNone() {
    up("echo run >>/runs; exit 1", "interval: 200ms, timeout: 10s, retries: 100000");
    await("it is checked")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(health().at("/FailingStreak").asInt()).isGreaterThan(2));
    String pid = Long.toString(engine.pid().orElseThrow());
    int before = health().at("/FailingStreak").asInt();
    Host.run("kill", "-STOP", pid).ok();
    try {
      Host.run("sleep", "4").ok(); // this is what is tested: twenty intervals without an engine
    } finally {
      Host.run("kill", "-CONT", pid).ok();
    }
    assertThat(health().at("/FailingStreak").asInt()).isLessThan(before + 10);
  }
}

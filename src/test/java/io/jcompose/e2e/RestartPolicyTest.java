package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a container: four policies × eight ways to end. Docker's table, but for one cell: an {@code always} that
 * the user has stopped comes back with the host and not with the engine, which leaves and comes with each command.
 */
class RestartPolicyTest {
  private static final List<String> POLICIES = List.of("no", "on-failure", "always", "unless-stopped");

  /** The first run ends as it is told to, a second one stays. */
  private static final String ONCE = "test -e /again && exec sleep 1000; touch /again; ";

  private enum Situation {
    EXIT_0(ONCE + "exit 0", "exited", "exited", "running", "running"),
    EXIT_3(ONCE + "exit 3", "exited", "running", "running", "running"),
    OUT_OF_MEMORY(ONCE + "exec tail /dev/zero", "exited", "running", "running", "running"),
    STOPPED("exec sleep 1000", "exited", "exited", "exited", "exited"),
    ENGINE_KILLED("exec sleep 1000", "running", "running", "running", "running"),
    STOPPED_THEN_ENGINE_KILLED("exec sleep 1000", "exited", "exited", "exited", "exited"),
    REBOOTED("exec sleep 1000", "exited", "running", "running", "running"),
    STOPPED_THEN_REBOOTED("exec sleep 1000", "exited", "exited", "running", "exited");

    private final String command;
    private final List<String> expected;

    Situation(String command, String... expected) {
      this.command = command;
      this.expected = List.of(expected);
    }

    String service(String policy) {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "-" + policy;
    }

    List<String> services() {
      return POLICIES.stream().map(this::service).toList();
    }
  }

  private static String stack(Situation... situations) {
    StringBuilder text = new StringBuilder("services:\n");
    for (Situation situation : situations) {
      for (String policy : POLICIES) {
        text.append("  %s: {image: busybox, restart: \"%s\", mem_limit: 16m, network_mode: none, command: [sh, -c, \"%s\"]}\n"
            .formatted(situation.service(policy), policy, situation.command));
      }
    }
    return text.toString();
  }

  private static Map<String, String> expected(Situation... situations) {
    Map<String, String> states = new TreeMap<>();
    for (Situation situation : situations) {
      for (int i = 0; i < POLICIES.size(); i++) {
        states.put(situation.service(POLICIES.get(i)), situation.expected.get(i));
      }
    }
    return states;
  }

  private static Map<String, String> states(TestProject project) {
    Map<String, String> states = new TreeMap<>();
    project
        .run("ps", "-a", "--format", "{{.Service}} {{.State}}")
        .ok()
        .out()
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> states.put(words[0], words[1]));
    return states;
  }

  private static void stop(TestProject project, Situation situation) {
    List<String> command = new java.util.ArrayList<>(List.of("stop", "-t", "0"));
    command.addAll(situation.services());
    project.run(command.toArray(String[]::new)).ok();
  }

  private static void assertBecomes(TestProject project, Situation... situations) {
    await("what becomes of all of them")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(states(project)).isEqualTo(expected(situations)));
  }

  @Test
  @Tag("F-34")
  void policiesWhileTheEngineLives() {
    try (TestEngine engine = TestEngine.withBusybox()) {
      Situation[] situations = {Situation.EXIT_0, Situation.EXIT_3, Situation.OUT_OF_MEMORY, Situation.STOPPED};
      TestProject project = engine.project("policies", stack(situations)).up();
      stop(project, Situation.STOPPED);
      assertBecomes(project, situations);
      String restarts = "{{.RestartCount}} {{.State.OOMKilled}}";
      assertThat(inspect(engine, restarts, Situation.EXIT_3, "always")).isEqualTo("1 false");
      assertThat(inspect(engine, restarts, Situation.OUT_OF_MEMORY, "no")).isEqualTo("0 true");
      project.down();
    }
  }

  private static String inspect(TestEngine engine, String format, Situation situation, String policy) {
    String name = "policies-" + situation.service(policy) + "-1";
    return engine.run("container", "inspect", "-f", format, name).ok().out().strip();
  }

  @Test
  @Tag("F-34")
  void policiesAfterTheEnginesDeath() {
    try (TestEngine engine = TestEngine.withBusybox()) {
      Situation[] situations = {Situation.ENGINE_KILLED, Situation.STOPPED_THEN_ENGINE_KILLED};
      TestProject project = engine.project("policies", stack(situations)).up();
      stop(project, Situation.STOPPED_THEN_ENGINE_KILLED);
      String pid = inspect(engine, "{{.State.Pid}}", Situation.ENGINE_KILLED, "always");
      Host.run("kill", "-KILL", Long.toString(engine.pid().orElseThrow())).ok();
      assertBecomes(project, situations);
      assertThat(inspect(engine, "{{.State.Pid}}", Situation.ENGINE_KILLED, "always")).isEqualTo(pid);
      project.down();
    }
  }

  @Test
  @Tag("F-34")
  void policiesAfterAReboot() throws IOException {
    try (TestEngine engine = TestEngine.withBusybox()) {
      Situation[] situations = {Situation.REBOOTED, Situation.STOPPED_THEN_REBOOTED};
      TestProject project = engine.project("policies", stack(situations)).up();
      stop(project, Situation.STOPPED_THEN_REBOOTED);
      RebootTest.reboot(engine);
      assertBecomes(project, situations);
      project.down();
    }
  }
}

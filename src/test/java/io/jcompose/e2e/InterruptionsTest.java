package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ctrl-C at any moment, and commands that meet. */
class InterruptionsTest {
  private static final String POLITE =
      """
      services:
        web: {image: busybox, init: true, command: sh -c 'echo web is up; exec sleep 1000'}
        db: {image: busybox, init: true, command: sh -c 'echo db is up; exec sleep 1000'}
      """;

  /** Never healthy: what depends on it is waited for until somebody interrupts. */
  private static final String WAITING =
      """
      services:
        web: {image: busybox, init: true, command: sleep 1000, depends_on: {db: {condition: service_healthy}}}
        db:
          image: busybox
          init: true
          command: sleep 1000
          healthcheck: {test: "false", interval: 1s, start_period: 10m}
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  @Tag("F-06")
  void foregroundUpShowsOutputAndTheFirstCtrlCStopsGracefully() {
    project = engine.project("front", POLITE);
    Running up = project.start("up").awaitOut("web is up").awaitOut("db is up");
    assertThat(up.out()).contains("web-1  | web is up", "db-1   | db is up");
    Result end = up.signal("INT").end().expect(130);
    assertThat(end.out() + end.err()).contains("Gracefully", "Stopped");
    assertThat(project.ps("web", "State")).isEqualTo("exited");
    assertThat(project.ps("web", "ExitCode")).isEqualTo("143");
  }

  @Test
  @Tag("F-06")
  void theSecondCtrlCKills() {
    project =
        engine.project(
            "kill",
            """
            services:
              deaf:
                image: busybox
                stop_grace_period: 10m
                command: sh -c 'trap "echo not now" TERM; echo ready; while :; do sleep 0.05; done'
            """);
    Running up = project.start("up").awaitOut("ready");
    up.signal("INT").awaitOut("not now").signal("INT").end().expect(130);
    assertThat(project.ps("deaf", "ExitCode")).isEqualTo("137");
  }

  @Test
  void theSecondCtrlCOfAStopLeavesNoMoreTime() {
    project =
        engine.project(
            "patient",
            """
            services:
              deaf: {image: busybox, stop_grace_period: 10m, command: sh -c "trap 'echo not now' TERM; echo ready; while :; do sleep 0.05; done"}
            """);
    for (String verb : List.of("stop", "down")) {
      project.up().awaitLogs("deaf", "ready");
      Running stop = project.start(verb);
      project.awaitLogs("deaf", "not now");
      stop.signal("INT").awaitErr("press Ctrl+C again to force").signal("INT").end(Duration.ofSeconds(20)).ok();
      assertThat(project.run("ps", "-q").ok().out()).isEmpty();
    }
  }

  /** The one that was being restarted is, the others are left alone. */
  @Test
  void ctrlCOfARestartLeavesNoContainerStopped() {
    String deaf = "{image: busybox, %s command: sh -c \"trap 'echo not now' TERM; echo ready; while :; do sleep 0.05; done\"}";
    project =
        engine.project(
            "again",
            "services:\n  db: " + deaf.formatted("") + "\n  web: "
                + deaf.formatted("depends_on: [db], stop_grace_period: 10m, post_start: [{command: touch /hooked}],") + "\n");
    project.up().awaitLogs("web", "ready");
    String started = "{{.State.StartedAt}}";
    String db = project.run("container", "inspect", "-f", started, "again-db-1").ok().out();
    String web = project.run("container", "inspect", "-f", started, "again-web-1").ok().out();
    project.sh("web", "rm /hooked");
    Running restart = project.start("restart");
    project.awaitLogs("web", "not now");
    restart.signal("INT").awaitErr("press Ctrl+C again to force").signal("INT").end(Duration.ofSeconds(20)).expect(130);
    assertThat(project.run("container", "inspect", "-f", started, "again-db-1").ok().out()).isEqualTo(db);
    assertThat(project.run("container", "inspect", "-f", started, "again-web-1").ok().out()).isNotEqualTo(web);
    assertThat(project.ps("web", "State")).isEqualTo("running");
    assertThat(project.sh("web", "ls /hooked")).as("its hook ran").isEqualTo("/hooked");

    Running single = project.start("container", "restart", "-t", "1", "again-web-1", "again-db-1");
    await("it is being stopped").until(() -> project.logs("web").split("not now").length > 2);
    single.signal("INT").end(Duration.ofSeconds(20)).expect(130);
    assertThat(project.run("container", "inspect", "-f", started, "again-db-1").ok().out()).isEqualTo(db);
    assertThat(project.ps("web", "State")).isEqualTo("running");
  }

  @Test
  void ctrlCWhileADependencyIsWaitedForStopsWhatWasStarted() {
    project = engine.project("early", WAITING);
    Running up = project.start("up").awaitErr("db-1  Waiting");
    up.signal("INT").end().expect(130);
    assertThat(project.run("ps", "-q").ok().out()).isEmpty();
  }

  @Test
  void ctrlCOfADetachedUpLeavesWhatRunsAndTheNextUpGoesOn() {
    project = engine.project("detached", WAITING);
    project.start("up", "-d").awaitErr("db-1  Waiting").signal("INT").end().expect(130);
    assertThat(project.ps("db", "State")).isEqualTo("running");
    project.composeFile(WAITING.replace("\"false\"", "\"true\"")).up();
    assertThat(project.ps("web", "State")).isEqualTo("running");
  }

  @Test
  void foregroundUpEndsWhenAllContainersHaveEnded() {
    project = engine.project("ends", "services: {job: {image: busybox, command: echo done}}");
    Result up = project.start("up").end().ok();
    assertThat(up.out()).contains("job-1  | done", "job-1 exited with code 0");
  }

  @Test
  void foregroundUpGoesOnWithWhatAnotherCommandMakesAnew() {
    String file =
        """
        services:
          web:
            image: busybox
            environment: {V: %s}
            command: sh -c 'trap "exit 0" TERM; echo x >> /runs; echo $$V $$(wc -l < /runs); while :; do sleep 0.05; done'
        """;
    project = engine.project("anew", file.formatted("one"));
    Running up = project.start("up").awaitOut("one 1");
    project.composeFile(file.formatted("two"));
    project.run("up", "-d").ok();
    up.awaitOut("two 1");
    project.run("restart").ok();
    up.awaitOut("two 2");
    project.run("stop").ok();
    up.end(Duration.ofSeconds(10)).ok();
  }

  @Test
  void exitCodeFromIsThatOfTheService() {
    project =
        engine.project(
            "code", POLITE + "  test: {image: busybox, command: sh -c 'sleep 0.2; exit 42'}\n");
    project.start("up", "--exit-code-from", "test").end().expect(42);
    assertThat(project.run("ps", "-q").ok().out()).isEmpty();
  }

  @Test
  @Tag("F-10")
  void twoUpsAtTheSameMomentMakeOneProject() {
    project = engine.project("both", POLITE);
    Running first = project.start("up", "-d");
    Running second = project.start("up", "-d");
    assertThat(first.end().code() + second.end().code()).as(first.err() + second.err()).isZero();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
  }

  @Test
  @Tag("F-11")
  void downDuringUpWins() {
    project = engine.project("downup", WAITING);
    Running up = project.start("up", "-d").awaitErr("db-1  Waiting");
    project.run("down", "-v", "-t", "1").ok();
    Result end = up.end(Duration.ofSeconds(10));
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).containsIgnoringCase("down");
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  void ctrlCOfLogsAndExecEndsThemAlone() {
    project = engine.project("others", POLITE).up();
    project.start("logs", "-f").awaitOut("web is up").signal("INT").end().expect(130);
    project.start("exec", "-T", "web", "sh", "-c", "echo in; exec sleep 1000").awaitOut("in").signal("INT").end().expect(130);
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
  }

  @Test
  void anExecThatWasLeftGoesOnWithoutTheCallersFiles() {
    project = engine.project("left", POLITE).up();
    String script = "i=0; while [ ! -e /go ]; do i=$((i+1)); echo $i; sleep 0.02; done; echo rest > /seen";
    Running left = project.start("exec", "-T", "web", "sh", "-c", script).awaitOut("3\n");
    left.signal("INT").end().expect(130);
    long shown = left.outSize();
    project.sh("web", "sleep 0.1; touch /go");
    await("what it does at its end").until(() -> project.sh("web", "cat /seen || true").equals("rest"));
    assertThat(left.outSize()).isEqualTo(shown);
  }

  @Test
  @Tag("F-06")
  void aClientThatIsKilledLeavesAUsableProject() {
    project = engine.project("killed", WAITING);
    project.start("up", "-d").awaitErr("db-1  Waiting").signal("KILL").end();
    assertThat(project.run("down", "-t", "1").ok().err()).contains("db-1  Removed");
  }
}

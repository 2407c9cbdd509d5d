package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hooks around start and stop (SEMANTICS 3.1, 22), and what a stop says before it takes long. */
class HooksTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private TestProject web(String name, String hooks) {
    project =
        engine.project(
            name,
            "services:\n  web:\n    image: busybox\n    init: true\n    command: sleep 1000\n    volumes: ['./log:/log']\n"
                + hooks.indent(4));
    return project;
  }

  private String log() {
    return engine.inNetwork("cat", project.folder().resolve("log/text").toString()).ok().out();
  }

  @Test
  void postStartRunsAfterEachStartAndPreStopBeforeEachStop() {
    web(
        "order",
        """
        post_start:
          - command: sh -c 'echo first $$A $$(pwd) >> /log/text; echo told'
            environment: {A: one}
            working_dir: /tmp
          - command: sh -c 'echo second $$(id -u)'
            user: "5:0"
        pre_stop:
          - command: sh -c 'echo last >> /log/text'
        """);
    project.file("log/text", "").run("up", "-d").ok();
    project.run("restart", "-t", "1").ok();
    assertThat(project.run("stop", "-t", "1").ok().code()).isZero();
    assertThat(log()).endsWith("last\nfirst one /tmp\nlast\n");
    assertThat(project.run("start").ok().err()).contains("told", "second 5");
  }

  @Test
  void aPostStartThatFailsIsTheStartsFailure() {
    web("fails", "post_start: [{command: sh -c 'echo why; exit 3'}]");
    assertThat(project.run("up", "-d").expect(1).err())
        .contains("why", "container fails-web-1", "post_start hook", "exited (3)");
    assertThat(project.ps("web", "State")).isEqualTo("running");
  }

  @Test
  void aPreStopThatFailsStopsNoStop() {
    web("anyhow", "pre_stop: [{command: 'false'}]").up();
    assertThat(project.run("stop", "-t", "1").ok().err()).contains("pre_stop hook \"false\" exited (1)", "stopped all the same");
    assertThat(project.ps("web", "State")).isEqualTo("exited");
  }

  @Test
  void aRestartByPolicyRunsNone() {
    web("policy", "restart: on-failure:1\npost_start: [{command: sh -c 'echo hook >> /log/text'}]");
    project.file("log/text", "").run("up", "-d").ok();
    project.run("exec", "-T", "web", "sh", "-c", "kill -KILL 2");
    project.awaitLogs("web", "");
    assertThat(log()).isEqualTo("hook\n");
  }

  @Test
  void aStopThatNothingHeedsSaysSoAndHowToMendIt() {
    project = engine.project("deaf", "services: {web: {image: busybox, command: sleep 1000, stop_grace_period: 1s}}\n").up();
    assertThat(project.run("stop").ok().err())
        .contains("\"sleep\" is pid 1 and has no handler for SIGTERM", "grace period of 1s", "init: true");
    project.composeFile("services: {web: {image: busybox, init: true, command: sleep 1000}}\n").up();
    assertThat(project.run("stop").ok().err()).doesNotContain("handler");
  }

  @Test
  void aHookThatGoesOnInTheBackgroundIsNotWaitedFor() {
    web("daemon", "post_start: [{command: sh -c 'echo begun; sleep 500 & exit 0'}]");
    assertThat(project.start("up", "-d").end(Duration.ofSeconds(20)).expect(0).err()).contains("begun");
  }

  @Test
  void aHookThatBlocksEndsWithItsCommand() {
    web("blocks", "post_start: [{command: sh -c 'echo waiting; exec sleep 1234'}]");
    Running up = project.start("up", "-d").awaitErr("waiting");
    up.signal("INT").end(Duration.ofSeconds(20)).expect(130);
    assertThat(project.sh("web", "ps")).doesNotContain("sleep 1234");
  }
}

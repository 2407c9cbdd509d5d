package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that take containers as they are, over services and over single containers. */
class LifecycleVerbsTest {
  private static final String SLEEPS = "services: {app: {image: busybox, init: true, command: sleep 1000}}\n";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private static final String COUNTS =
      "services: {app: {image: busybox, init: true, command: sh -c 'while :; do echo x; sleep 0.01; done'}}\n";

  /** Each verb that changes something, with something for it to change. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "stop", "restart", "kill", "pause", "rm -f -s", "down -v", "up -d --force-recreate", "create --force-recreate",
        "scale app=3", "start", "unpause", "pull", "build", "run app true", "exec app touch /touched", "watch --no-up",
        "cp app:/etc/passwd .", "commit app x", "container rm -f dry-app-1", "volume prune -f", "engine stop"
      })
  void aDryRunChangesNothing(String verb) {
    project =
        engine.project(
            "dry",
            """
            services:
              app: {image: busybox, init: true, command: sleep 1000}
              held: {image: busybox, init: true, command: sleep 1000}
              ended: {image: busybox, command: "true"}
            """);
    project.up().awaitState("ended", "exited");
    project.run("pause", "held").ok();
    String before = project.run("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}} {{.ExitCode}}").ok().out();
    String pid = engine.pid().orElseThrow().toString();
    String[] command = ("--dry-run " + verb).split(" ");
    Result said = project.run(command);
    assertThat(said.out() + said.err()).isNotBlank().doesNotContain("Exception");
    assertThat(project.run("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}} {{.ExitCode}}").ok().out())
        .isEqualTo(before);
    assertThat(engine.pid().orElseThrow().toString()).isEqualTo(pid);
  }

  @Test
  void aPausedContainerDoesNothingUntilItIsUnpaused() {
    project = engine.project("pause", COUNTS).up().awaitLogs("app", "x\n");
    Result paused = project.run("pause").ok();
    assertThat(paused.err()).contains("Container pause-app-1  Paused");
    String before = project.logs("app");
    assertThat(project.ps("app", "State")).isEqualTo("paused");
    assertThat(project.run("ps").ok().out()).contains("(Paused)");
    Result exec = project.run("exec", "-T", "app", "true").expect(1);
    assertThat(exec.err()).contains("is paused, unpause the container before exec");
    assertThat(project.logs("app")).isEqualTo(before);
    Result again = project.run("container", "pause", "pause-app-1").expect(1);
    assertThat(again.err()).contains("container pause-app-1 is already paused");
    assertThat(project.run("container", "unpause", "pause-app-1").ok().out()).isEqualTo("pause-app-1\n");
    project.awaitLogs("app", before + "x\nx\n");
    assertThat(project.run("container", "unpause", "pause-app-1").expect(1).err()).contains("is not paused");
  }

  /** F-18: a frozen process takes no signal, so each of these has to thaw it. */
  @ParameterizedTest
  @ValueSource(strings = {"stop", "kill", "container kill -s TERM frozen-app-1", "container rm -f frozen-app-1", "restart", "down"})
  void aPausedContainerIsEndedAtOnce(String verb) {
    project = engine.project("frozen", SLEEPS).up();
    project.run("pause").ok();
    Result ended = project.start(verb.split(" ")).closeInput().end(Duration.ofSeconds(8));
    ended.ok();
    if (verb.contains("kill")) {
      project.run("wait", "app");
    }
    assertThat(project.ps("app", "State")).isEqualTo(verb.equals("restart") ? "running" : verb.matches("down|.*rm.*") ? "" : "exited");
  }

  @Test
  void aPausedContainerIsStillPausedForTheNextEngine() {
    project = engine.project("survives", SLEEPS).up();
    project.run("pause").ok();
    String pid = project.ps("app", "ID");
    Host.run("kill", "-9", Long.toString(engine.pid().orElseThrow()));
    assertThat(project.ps("app", "State")).isEqualTo("paused");
    assertThat(project.ps("app", "ID")).isEqualTo(pid);
    project.run("unpause").ok();
    assertThat(project.sh("app", "echo alive")).isEqualTo("alive");
  }

  @Test
  void nothingIsProbedWhilePaused() {
    project =
        engine.project(
            "probed",
            """
            services:
              app:
                image: busybox
                init: true
                command: sleep 1000
                healthcheck: {test: ["CMD", "true"], interval: 50ms, timeout: 300ms, retries: 1}
              timer: {image: busybox, command: sleep 0.5, profiles: [timer]}
            """);
    project.run("up", "-d", "--wait").ok();
    project.run("pause").ok();
    // Longer than the timeout of a probe that was frozen with it.
    project.run("up", "-d", "timer").ok();
    project.run("wait", "timer").ok();
    project.run("unpause").ok();
    assertThat(project.ps("app", "Health")).isEqualTo("healthy");
  }

  @Test
  void killSendsTheSignalThatIsNamed() {
    project =
        engine
            .project(
                "signals",
                "services: {app: {image: busybox, command: sh -c 'trap \"echo got it\" USR1; echo ready; while :; do sleep 0.02; done'}}\n")
            .up()
            .awaitLogs("app", "ready");
    project.run("kill", "-s", "USR1").ok();
    project.awaitLogs("app", "got it");
    assertThat(project.run("container", "kill", "-s", "SIGNOPE", "signals-app-1").expect(1).err()).contains("invalid signal: SIGNOPE");
    project.run("kill", "app").ok();
    assertThat(project.run("wait", "app").expect(137).out()).contains("exited with status code 137");
    assertThat(project.run("kill").ok().err()).contains("no container to kill");
    assertThat(project.run("container", "kill", "signals-app-1").expect(1).err()).contains("is not running");
  }

  @Test
  void whatWasKilledHasEndedAndCanBeStarted() {
    project = engine.project("dead", SLEEPS).up();
    for (int i = 0; i < 8; i++) {
      project.run("kill").ok();
      assertThat(project.ps("app", "State")).isEqualTo("exited");
      project.run("start").ok();
      assertThat(project.ps("app", "State")).isEqualTo("running");
    }
  }

  @Test
  void killEndsARestartLoop() {
    project =
        engine.project("loop", "services: {app: {image: busybox, command: 'false', restart: always}}").up();
    project.awaitState("app", "restarting");
    project.run("kill").ok();
    assertThat(project.ps("app", "State")).isEqualTo("exited");
  }

  @Test
  void aServiceWithoutContainersIsNoMistake() {
    project =
        engine.project(
            "lacking", "services: {app: {image: busybox, command: sleep 1000, init: true}, new: {image: busybox}}");
    assertThat(project.run("start").expect(1).err()).contains("has no container to start; \"up app\" makes one");
    project.run("up", "-d", "app").ok();
    for (String verb : new String[] {"stop", "kill", "pause", "unpause", "rm"}) {
      project.run(verb.equals("rm") ? new String[] {"rm", "-f", "new"} : new String[] {verb, "new"}).ok();
    }
    assertThat(project.run("rm", "-f", "new").ok().err()).contains("No stopped containers");
    assertThat(project.run("start", "new").expect(1).err()).contains("\"new\" has no container to start");
    assertThat(project.run("restart").ok().err())
        .contains("Container lacking-app-1  Started", "\"new\" has no container to restart; \"up new\" makes one");
    project.run("stop").ok();
    assertThat(project.run("start").ok().err())
        .contains("Container lacking-app-1  Started", "\"new\" has no container to start");
    assertThat(project.run("stop", "nobody").expect(1).err()).contains("no such service: nobody");
  }

  @Test
  void execGoesToAReplicaThatRuns() {
    project = engine.project("replicas", SLEEPS);
    project.run("up", "-d", "--scale", "app=2").ok();
    engine.run("container", "kill", "replicas-app-1").ok();
    project.run("exec", "-T", "app", "true").ok();
    project.run("exec", "-T", "--index", "1", "app", "true").expect(1);
  }

  @Test
  void whoLivesInAnothersNetworkFollowsItsStart() {
    project =
        engine
            .project(
                "sharer",
                """
                services:
                  vpn: {image: busybox, command: sleep 1000, init: true}
                  app: {image: busybox, command: sleep 1000, init: true, network_mode: "service:vpn"}
                  data: {image: busybox, command: sleep 1000, init: true, volumes_from: [vpn]}
                """)
            .up();
    String data = project.sh("data", "cut -d' ' -f22 /proc/1/stat");
    project.run("stop", "vpn").ok();
    assertThat(project.run("start", "vpn").ok().err()).contains("sharer-app-1  Started").doesNotContain("data");
    assertThat(project.sh("app", "ip -o -4 addr show eth0")).contains("inet");
    assertThat(project.sh("data", "cut -d' ' -f22 /proc/1/stat")).isEqualTo(data);
  }

  @Test
  void waitAnswersWithTheExitCode() {
    project =
        engine.project(
            "waits",
            """
            services:
              quick: {image: busybox, command: sh -c 'sleep 0.3; exit 7'}
              slow: {image: busybox, init: true, command: sleep 1000}
            """);
    project.up();
    assertThat(project.run("container", "wait", "waits-quick-1").ok().out()).isEqualTo("7\n");
    assertThat(project.run("container", "wait", "waits-quick-1", "nobody").expect(1).out()).isEqualTo("7\n");
    Running both = project.start("wait", "quick", "slow").closeInput().awaitOut("status code 7");
    project.run("kill", "slow").ok();
    both.end().expect(137);
    project.up();
    assertThat(project.run("wait", "--down-project", "quick", "slow").expect(7).out()).contains("status code 7");
    assertThat(project.id("slow")).isEmpty();
    assertThat(project.run("wait", "nosuch").code()).isEqualTo(1);
    assertThat(project.run("wait", "quick").code()).isNotZero();
  }

  @Test
  void rmTakesOnlyWhatIsStoppedUnlessToldToStop() {
    project =
        engine.project(
            "removes",
            """
            services:
              done: {image: busybox, command: 'true', volumes: [/data]}
              runs: {image: busybox, init: true, command: sleep 1000, volumes: [/data]}
            """);
    project.up().awaitState("done", "exited");
    assertThat(project.start("rm").type("n\n").closeInput().end().ok().out()).contains("Going to remove removes-done-1");
    assertThat(project.id("done")).isNotEmpty();
    assertThat(project.start("rm", "-v").type("y\n").closeInput().end().ok().err()).contains("removes-done-1  Removed");
    assertThat(project.id("done")).isEmpty();
    assertThat(project.run("rm", "-f").ok().err()).contains("No stopped containers");
    assertThat(project.run("volume", "ls", "-q").ok().out()).hasLineCount(1);
    assertThat(project.run("container", "rm", "removes-runs-1").expect(1).err()).contains("stop the container before removing or force remove");
    assertThat(project.run("rm", "-fsv").ok().out()).isEqualTo("Going to remove removes-runs-1\n");
    assertThat(project.run("volume", "ls", "-q").ok().out()).isEmpty();
    assertThat(project.run("container", "rm", "-f", "removes-runs-1").code()).isZero();
    assertThat(project.run("container", "rm", "removes-runs-1").expect(1).err()).contains("No such container: removes-runs-1");
  }

  @Test
  void stopAndRestartTakeASignalAndAGracePeriod() {
    project =
        engine
            .project(
                "stops",
                "services: {app: {image: busybox, restart: always, stop_grace_period: 60s,"
                    + " command: sh -c 'trap \"\" TERM; trap \"exit 4\" USR2; echo ready; while :; do sleep 0.02; done'}}\n")
            .up()
            .awaitLogs("app", "ready");
    assertThat(project.run("container", "stop", "-s", "USR2", "stops-app-1").ok().out()).isEqualTo("stops-app-1\n");
    assertThat(project.ps("app", "ExitCode")).isEqualTo("4");
    assertThat(project.run("container", "restart", "stops-app-1").ok().out()).isEqualTo("stops-app-1\n");
    project.awaitLogs("app", "ready\nready\n");
    project.run("container", "stop", "-t", "0", "stops-app-1").ok();
    assertThat(project.ps("app", "ExitCode")).isEqualTo("137");
    assertThat(project.run("container", "stop", "stops-app-1").ok().out()).isEqualTo("stops-app-1\n");
  }

  @Test
  void renamedContainersAreFoundByTheirNewName() {
    project =
        engine.project(
            "renames",
            """
            services:
              a: {image: busybox, init: true, command: sleep 1000}
              b: {image: busybox, init: true, command: sleep 1000}
            """);
    project.up();
    project.run("container", "rename", "renames-a-1", "fresh").ok();
    assertThat(project.ps("a", "Name")).isEqualTo("fresh");
    assertThat(project.sh("b", "nslookup fresh >/dev/null && echo found; nslookup renames-a-1 >/dev/null || echo gone"))
        .isEqualTo("found\ngone");
    assertThat(project.run("container", "rename", "fresh", "renames-b-1").expect(1).err()).contains("is already in use by container");
    assertThat(project.run("container", "rename", "fresh", "not a name").expect(1).err()).contains("Invalid container name");
  }

  @Test
  void portAndTopTellWhatThereIs() {
    project =
        engine.project(
            "tells",
            """
            services:
              app:
                image: busybox
                command: sleep 1000
                scale: 2
                ports: ["127.0.0.1:8180-8181:80", "127.0.0.1:8180-8181:53/udp"]
            """);
    project.up();
    String first = project.run("port", "app", "80").ok().out();
    assertThat(first).matches("127.0.0.1:818[01]\n");
    assertThat(project.run("port", "--index", "2", "--protocol", "udp", "app", "53").ok().out()).matches("127.0.0.1:818[01]\n");
    assertThat(project.run("port", "app", "81").expect(1).err()).contains("no port 81/tcp for container tells-app-1");
    assertThat(project.run("container", "port", "tells-app-1").ok().out()).contains("80/tcp -> " + first).contains("53/udp -> ");
    assertThat(project.run("container", "port", "tells-app-1", "80").ok().out()).isEqualTo(first);
    assertThat(project.run("container", "port", "tells-app-1", "81/udp").expect(1).err()).contains("No public port '81/udp'");
    List<String> top = project.run("top").ok().out().lines().toList();
    assertThat(top.getFirst()).matches("SERVICE +# +UID +PID +PPID +C +STIME +TTY +TIME +CMD");
    assertThat(top).hasSize(3).filteredOn(line -> line.endsWith("sleep 1000")).hasSize(2);
    assertThat(project.run("container", "top", "tells-app-1", "-o", "pid,comm").ok().out()).matches("PID +COMMAND\n\\d+ +sleep\n");
    assertThat(project.run("container", "top", "nobody").expect(1).err()).contains("No such container: nobody");
  }
}

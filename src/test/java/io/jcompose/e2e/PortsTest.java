package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Host ports that two want, and ports that were in use a moment ago. */
class PortsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  @Tag("F-28")
  void twoServicesOfAProjectThatWantOnePortAreBothNamed() {
    String file =
        """
        services:
          one: {image: busybox, init: true, command: sleep 1000, ports: ["8100:80"]}
          two: {image: busybox, init: true, command: sleep 1000, ports: ["%d:80"]}
        """;
    project = engine.project("same", file.formatted(8100));
    assertThat(project.run("up", "-d").expect(1).err()).contains("8100", "-one-1", "-two-1");
    project.composeFile(file.formatted(8101)).up();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
  }

  /** Before it is published it is listened on already, so nobody can come in between. */
  @Test
  @Tag("F-28")
  void aPortIsHeldFromTheBeginningOfTheCommandThatWillPublishIt() {
    String file =
        """
        services:
          first: {image: busybox, init: true, command: "sh -c 'while [ ! -e /go ]; do sleep 0.02; done'"}
          web:
            image: busybox
            init: true
            command: sleep 1000
            ports: ["8103:80"]
            depends_on: {first: {condition: service_completed_successfully}}
        """;
    project = engine.project("early", file);
    Running up = project.start("up", "-d").awaitErr("first-1  Started");
    TestProject other =
        engine.project("late", "services: {web: {image: busybox, command: sleep 1000, ports: ['8103:80']}}\n");
    assertThat(other.run("up", "-d").expect(1).err()).contains("8103", "early-web-1");
    other.down();
    assertThat(engine.inNetwork("timeout", "5", "busybox", "nc", "-l", "-p", "8103").code()).isEqualTo(1);
    project.run("exec", "-T", "first", "touch", "/go").ok();
    up.closeInput().end().ok();
    assertThat(project.ps("web", "State")).isEqualTo("running");
  }

  @Test
  @Tag("F-28")
  void aPortThatIsTakenWhileItsContainerIsStoppedIsNamedAndLaterHadAgain() {
    project =
        engine.project(
            "back", "services: {web: {image: busybox, init: true, command: nc -ll -p 80 -e echo hi, ports: ['8104:80']}}\n");
    project.up().run("stop", "-t", "0").ok();
    Running owner =
        engine.startProgram(project.folder(), Map.of(), List.of("busybox", "nc", "-ll", "-p", "8104", "-e", "echo", "other"));
    project.awaitAnswer(8104, "other");
    assertThat(project.run("start").expect(1).err()).contains("8104", Long.toString(owner.pid()));
    assertThat(engine.run("container", "start", project.id("web")).expect(1).err()).contains("8104");
    assertThat(project.ps("web", "State")).isNotEqualTo("running");
    owner.signal("KILL").end();
    project.run("start").ok();
    project.awaitAnswer(8104, "hi");
  }

  /** The side that closes first is in TIME_WAIT, and that is the container behind the published port. */
  @Test
  @Tag("F-29")
  void aPortIsTakenAgainAtOnceAfterConnections() {
    project =
        engine.project(
            "again",
            "services: {web: {image: busybox, init: true, command: nc -ll -p 80 -e echo hi, ports: ['8102:80']}}");
    for (int round = 0; round < 10; round++) {
      project.up();
      project.awaitAnswer(8102, "hi");
      project.down();
    }
  }

  /** {@code -Djcompose.restarts=1000} makes it long. */
  @Test
  @Tag("S-08")
  void whoRetriesIsServedAgainAsSoonAsTheServiceHasRestarted() {
    project =
        engine.project(
            "retried", "services: {web: {image: busybox, init: true, command: nc -ll -p 80 -e echo hi, ports: ['8105:80']}}\n");
    project.up().awaitAnswer(8105, "hi");
    String retry =
        "while :; do if busybox nc -w 1 127.0.0.1 8105 </dev/null | grep -q hi; then read now rest </proc/uptime; echo $now; fi; done";
    Running client = engine.startProgram(project.folder(), Map.of(), List.of("/bin/sh", "-c", retry)).awaitOut("\n");
    double longestRestart = 0;
    for (int i = 0; i < Integer.getInteger("jcompose.restarts", 10); i++) {
      long begin = System.nanoTime();
      project.run("restart", "-t", "0").ok();
      longestRestart = Math.max(longestRestart, (System.nanoTime() - begin) / 1e9);
      project.awaitAnswer(8105, "hi");
    }
    List<Double> served = client.signal("KILL").end().out().lines().map(Double::valueOf).toList();
    double longestOutage =
        IntStream.range(1, served.size()).mapToDouble(i -> served.get(i) - served.get(i - 1)).max().orElseThrow();
    // Other tests' machines are busy ones; a port that stays unbound has no end.
    assertThat(longestOutage).isLessThan(longestRestart + 2);
  }
}

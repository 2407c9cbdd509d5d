package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Commands that meet: on one project they take turns, on different ones they don't know of each other. {@code
 * -Djcompose.side.projects=10 -Djcompose.side.containers=20} are many at once.
 */
class ConcurrencyTest {
  private static final int PROJECTS = Integer.getInteger("jcompose.side.projects", 4);
  private static final int CONTAINERS = Integer.getInteger("jcompose.side.containers", 2);
  private static final String TWO =
      """
      services:
        web: {image: busybox, init: true, command: sleep 1000, volumes: ["data:/data"]}
        db: {image: busybox, init: true, command: sleep 1000}
      volumes: {data: {}}
      """;

  private static final String DEAF =
      """
      services:
        deaf:
          image: busybox
          stop_grace_period: 10m
          command: sh -c 'trap "echo not now" TERM; echo ready; while :; do sleep 0.05; done'
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  @Test
  @Tag("F-10")
  void manyUpsAtOnceMakeOneProject() {
    TestProject project = engine.project("many", TWO);
    for (int round = 0; round < 3; round++) {
      List<Running> ups = Stream.generate(() -> project.start("up", "-d")).limit(5).toList();
      ups.forEach(up -> up.closeInput().end().ok());
      assertThat(project.run("ps", "-aq").ok().out().lines()).hasSize(2);
      project.down();
    }
  }

  @Test
  @Tag("F-11")
  void upAndDownThatMeetEndAsTheLastOneSays() {
    TestProject project = engine.project("meet", TWO);
    Running up = project.start("up", "-d");
    Running down = project.start("down", "-v", "-t", "0");
    down.closeInput().end().ok();
    up.closeInput().end();
    project.run("up", "-d").ok();
    Running second = project.start("down", "-v", "-t", "0").awaitErr("Stopping");
    project.run("up", "-d").ok();
    second.closeInput().end().ok();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
  }

  private static TestProject deaf() {
    return engine.project("deaf", DEAF).up().awaitLogs("deaf", "ready");
  }

  /** A command that asks the container to end, and now waits for it in vain. */
  private static Running unheard(TestProject project, String... command) {
    Running running = project.start(command);
    project.awaitLogs("deaf", "not now");
    return running;
  }

  @Test
  @Tag("F-11")
  void aRestartThatADownOvertakesSaysSo() {
    TestProject project = deaf();
    Running restart = unheard(project, "restart");
    project.run("down", "-v", "-t", "0").ok();
    assertThat(restart.closeInput().end(Duration.ofSeconds(15)).expect(1).err()).contains("was taken down by another command");
  }

  @Test
  @Tag("F-11")
  void killEndsAStopThatWaits() {
    TestProject project = deaf();
    Running stop = unheard(project, "stop");
    project.run("kill", "deaf").ok();
    stop.closeInput().end(Duration.ofSeconds(15)).ok();
    assertThat(project.ps("deaf", "ExitCode")).isEqualTo("137");
  }

  @Test
  @Tag("F-11")
  void aDownWithAShorterGraceOvertakesAStopThatWaits() {
    TestProject project = deaf();
    Running stop = unheard(project, "stop", "-t", "600");
    Running down = project.start("down", "-v", "-t", "1");
    down.closeInput().end(Duration.ofSeconds(15)).ok();
    stop.closeInput().end(Duration.ofSeconds(15)).ok();
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  @Tag("F-11")
  void aRestartWithAShorterGraceOvertakesAStopAndItRunsInTheEnd() {
    TestProject project = deaf();
    Running stop = unheard(project, "stop");
    Running restart = project.start("restart", "-t", "0");
    restart.closeInput().end(Duration.ofSeconds(15)).ok();
    stop.closeInput().end(Duration.ofSeconds(15)).ok();
    assertThat(project.ps("deaf", "State")).isEqualTo("running");
    project.run("down", "-t", "0").ok();
  }

  @Test
  @Tag("F-11")
  void aContainerThatIsBeingStoppedIsStoppedSoonerAndRemovedByForce() {
    TestProject project = deaf();
    String id = project.id("deaf");
    Running stop = unheard(project, "container", "stop", "-t", "-1", id);
    project.start("container", "stop", "-t", "1", id).closeInput().end(Duration.ofSeconds(15)).ok();
    stop.closeInput().end(Duration.ofSeconds(15)).ok();
    assertThat(project.ps("deaf", "ExitCode")).isEqualTo("137");
    project.down();
    project.up().awaitLogs("deaf", "ready");
    String next = project.id("deaf");
    Running again = unheard(project, "container", "stop", "-t", "600", next);
    project.start("container", "rm", "-f", next).closeInput().end(Duration.ofSeconds(15)).ok();
    again.closeInput().end(Duration.ofSeconds(15)).ok();
    assertThat(project.run("ps", "-aq").ok().out()).isEmpty();
  }

  @Test
  @Tag("F-12")
  @Tag("S-04")
  void projectsSideBySideDoNotMeet() {
    String many = TWO.replace("web: {", "web: {scale: " + CONTAINERS + ", ");
    List<TestProject> projects =
        IntStream.range(0, PROJECTS).mapToObj(i -> engine.project("side" + i, many)).toList();
    for (int round = 0; round < 2; round++) {
      List<Running> ups = new ArrayList<>();
      projects.forEach(project -> ups.add(project.start("up", "-d")));
      ups.forEach(up -> up.closeInput().end().ok());
      List<String> subnets =
          engine.inNetwork("ip", "-4", "-o", "route").ok().out().lines().map(l -> l.split(" ")[0]).toList();
      assertThat(subnets).doesNotHaveDuplicates().hasSize(PROJECTS);
      projects.forEach(project -> assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(CONTAINERS + 1));
      projects.forEach(project -> assertThat(project.sh("web", "ping -c1 -W2 db >/dev/null && echo yes")).isEqualTo("yes"));
      List<Running> downs = new ArrayList<>();
      projects.forEach(project -> downs.add(project.start("down", "-v", "-t", "0")));
      downs.forEach(down -> down.closeInput().end().ok());
    }
  }
}

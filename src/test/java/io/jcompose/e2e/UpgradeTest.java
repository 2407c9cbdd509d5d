package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A newer build beside the one whose engine runs: the engine makes way, containers and their keepers stay. */
class UpgradeTest {
  private static final String STACK =
      """
      services:
        counter:
          image: busybox
          init: true
          command: sh -c 'nc -ll -p 80 -e echo hello & i=0; while :; do i=$$((i+1)); echo line $$i; sleep 0.01; done'
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private NewerBuild newer;

  @BeforeEach
  void install() {
    newer = new NewerBuild(engine, 1);
  }

  @AfterEach
  void remove() {
    newer.close();
  }

  private static void assertInOrder(String output) {
    String[] lines = output.split("\n");
    assertThat(lines)
        .containsExactly(IntStream.rangeClosed(1, lines.length).mapToObj(i -> "line " + i).toArray(String[]::new));
  }

  /** Whoever only follows goes on with the new engine; its client is of the older build, and stays. */
  @Test
  @Tag("F-30")
  @Tag("F-31")
  void theEngineMakesWayAndNoContainerIsStartedAgain() {
    TestProject project = engine.project("counting", STACK).up();
    project.awaitLogs("counter", "line 5\n");
    long first = engine.pid().orElseThrow();
    long keeper = engine.keeperOf("counting-counter-1");
    Running follower = project.start("logs", "-f", "--no-log-prefix").awaitOut("line 10\n");

    long second = newer.pid();
    assertThat(second).isNotEqualTo(first);
    assertThat(engine.keeperOf("counting-counter-1")).isEqualTo(keeper);
    int seen = follower.out().split("\n").length;
    follower.awaitOut("line " + (seen + 50) + "\n");
    assertThat(engine.pid().orElseThrow()).as("an older build may not ask").isEqualTo(second);
    assertInOrder(follower.signal("INT").end().expect(130).out());
    assertThat(project.sh("counter", "nc -w 5 127.0.0.1 80")).isEqualTo("hello");
    assertInOrder(project.logs("counter"));
    project.run("restart", "-t", "0").ok();
    project.awaitState("counter", "running");
  }

  /** A build is finished by the engine that it was asked of, which serves newer callers meanwhile. */
  @Test
  @Tag("F-30")
  void aBuildIsFinishedBeforeTheEngineMakesWay() {
    TestProject project =
        engine
            .project("building", STACK)
            .file("Dockerfile", "FROM busybox\nRUN echo the step waits; nc -l -p 7777 -e true\n");
    long first = engine.pid().orElseThrow();
    Running build = project.start("image", "build", "--network", "host", "-t", "made", ".").awaitErr("the step waits");

    assertThat(newer.pid()).as("while a build is under way").isEqualTo(first);
    await("the build ends")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              engine.inNetwork("busybox", "nc", "-w", "5", "127.0.0.1", "7777");
              return !build.alive();
            });
    build.end().ok();
    assertThat(newer.pid()).as("when it has ended").isNotEqualTo(first);
    assertThat(newer.run("image", "inspect", "made").ok().out()).contains("made");
    newer.run("image", "rm", "made").ok();
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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

  private static TestEngine engine;
  private static Path newer;

  @BeforeAll
  static void installBoth() throws IOException {
    engine = TestEngine.withBusybox();
    Path home = TestEngine.client().getParent().getParent();
    newer = engine.folder().resolve("newer");
    Host.run("cp", "-al", home.toString(), newer.toString()).ok();
    Path build = newer.resolve("lib/build");
    List<String> lines = Files.readAllLines(build);
    Files.delete(build);
    Files.writeString(build, (Long.parseLong(lines.get(0)) + 1000) + "\n" + lines.get(1) + "\n");
  }

  @AfterAll
  static void nothingIsLeft() {
    runNewer("engine", "stop").ok();
    Trees.delete(newer);
    engine.close();
  }

  private static Result runNewer(String... arguments) {
    List<String> command = new ArrayList<>(List.of(newer.resolve("bin/jcompose").toString()));
    command.addAll(List.of(arguments));
    return engine.startProgram(engine.folder(), Map.of(), command).closeInput().end();
  }

  private static String pid() {
    return runNewer("engine", "status").ok().out().replaceFirst("(?s).*?pid (\\d+).*", "$1");
  }

  /** Whoever is attached goes on with the engine that it has; when the last has gone, the engine makes way. */
  @Test
  @Tag("F-30")
  @Tag("F-31")
  void theEngineMakesWayAndNoContainerIsStartedAgain() {
    TestProject project = engine.project("counting", STACK).up();
    project.awaitLogs("counter", "line 5\n");
    String first = Long.toString(engine.pid().orElseThrow());
    long keeper = OwnProcesses.keeperOf("counting-counter-1");
    Running follower = project.start("logs", "-f", "--no-log-prefix").awaitOut("line 10\n");

    assertThat(pid()).as("while somebody is attached").isEqualTo(first);
    int seen = follower.out().split("\n").length;
    follower.awaitOut("line " + (seen + 50) + "\n");
    follower.signal("INT").end().expect(130);

    String second = pid();
    assertThat(second).isNotEqualTo(first);
    assertThat(OwnProcesses.keeperOf("counting-counter-1")).isEqualTo(keeper);
    assertThat(engine.pid().orElseThrow()).as("an older build may not ask").isEqualTo(Long.parseLong(second));
    assertThat(project.sh("counter", "nc -w 5 127.0.0.1 80")).isEqualTo("hello");
    String[] lines = project.logs("counter").split("\n");
    assertThat(lines)
        .containsExactly(IntStream.rangeClosed(1, lines.length).mapToObj(i -> "line " + i).toArray(String[]::new));
    assertThat(follower.out().split("\n")).isEqualTo(java.util.Arrays.copyOf(lines, follower.out().split("\n").length));
    project.run("restart", "-t", "0").ok();
    project.awaitState("counter", "running");
    project.down();
  }
}

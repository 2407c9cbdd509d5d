package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Programs that write more, or longer lines, than anybody should. */
class LogFloodTest {
  private static TestEngine engine;
  private TestProject project;

  @BeforeAll
  static void startEngine() {
    engine = TestEngine.withBusybox();
  }

  @AfterAll
  static void nothingIsLeft() {
    engine.close();
  }

  @AfterEach
  void down() {
    project.down();
  }

  private String logOf(String command, String settings) {
    project =
        engine.project(
            "flood",
            """
            services:
              app: {image: busybox, command: [sh, -c, '%s'], logging: {options: {%s}}}
              end:
                image: busybox
                command: ["true"]
                depends_on: {app: {condition: service_completed_successfully}}
            """
                .formatted(command, settings));
    project.up();
    return project.run("logs", "--no-log-prefix", "app").ok().out();
  }

  @Test
  @Tag("F-25")
  void nothingOfAFloodIsLost() {
    List<String> lines = logOf("seq 1 2000000", "").lines().toList();
    assertThat(lines).hasSize(2_000_000);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo(Integer.toString(i + 1));
    }
  }

  @Test
  @Tag("F-25")
  void aLineMayBeOfAnyLength() {
    String log = logOf("head -c 16777216 /dev/zero | tr \\\\0 x; echo; head -c 16777216 /dev/zero | tr \\\\0 y", "");
    assertThat(log.lines().map(String::length)).containsExactly(1 << 24, 1 << 24);
  }

  @Test
  @Tag("F-25")
  void aLogThatIsHeldShortKeepsItsEndWithoutAGap() throws IOException {
    List<String> lines = logOf("seq 1 2000000", "max-size: 1m, max-file: \"3\"").lines().toList();
    int first = Integer.parseInt(lines.getFirst());
    assertThat(first).isGreaterThan(1);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo(Integer.toString(first + i));
    }
    assertThat(lines.getLast()).isEqualTo("2000000");
    try (var files = Files.list(engine.root().resolve("containers/" + project.id("app")))) {
      List<java.nio.file.Path> logs = files.filter(f -> f.getFileName().toString().startsWith("log.")).toList();
      assertThat(logs).hasSizeBetween(2, 3);
      assertThat(logs).allSatisfy(f -> assertThat(Files.size(f)).isLessThan(1_200_000));
    }
  }
}

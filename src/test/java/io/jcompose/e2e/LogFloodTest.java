package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Programs that write more, or longer lines, than anybody should. {@code -Djcompose.flood.seconds=60} lets one go on for
 * so long.
 */
class LogFloodTest {
  private static final int SECONDS = Integer.getInteger("jcompose.flood.seconds", 0);
  private static final int ANSWERS = 30;
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

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
    List<Path> logs = logs(engine.root().resolve("containers/" + project.id("app")));
    assertThat(logs).hasSizeBetween(2, 3);
    assertThat(logs).allSatisfy(f -> assertThat(Files.size(f)).isLessThan(1_200_000));
  }

  @Test
  @Tag("RES-8")
  void aFloodStaysWithinItsFilesAndHoldsUpNobody() throws IOException {
    project =
        engine.project(
            "yes",
            """
            services:
              flood: {image: busybox, init: true, command: yes, logging: {options: {max-size: 10m, max-file: "3"}}}
              calm: {image: busybox, init: true, command: sh -c 'echo calm; exec sleep 1000'}
            """);
    project.up();
    Path folder = engine.root().resolve("containers/" + project.id("flood"));
    long pid = engine.pid().orElseThrow();
    int first = newest(folder);
    Duration before = cpu(pid);
    long begin = System.nanoTime();
    List<Long> answers = new ArrayList<>();
    while (answers.size() < ANSWERS || System.nanoTime() - begin < SECONDS * 1_000_000_000L) {
      long asked = System.nanoTime();
      assertThat(project.logs("calm")).isEqualTo("calm\n");
      answers.add((System.nanoTime() - asked) / 1_000_000);
      assertThat(size(folder)).isLessThan(32 << 20);
    }
    double cores = (double) cpu(pid).minus(before).toNanos() / (System.nanoTime() - begin);
    await("it has gone round").atMost(Duration.ofSeconds(20)).until(() -> newest(folder) > first + 3);
    Collections.sort(answers);
    if (SECONDS > 0) {
      assertThat(answers.get(answers.size() * 99 / 100)).isLessThan(200);
      assertThat(cores).isLessThan(0.5);
    }
    assertThat(answers.get(answers.size() / 2)).as("milliseconds").isLessThan(200);
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).orElseThrow();
  }

  private static int newest(Path folder) throws IOException {
    return logs(folder).stream().mapToInt(file -> Integer.parseInt(file.toString().replaceAll(".*\\.", ""))).max().orElse(0);
  }

  private static long size(Path folder) throws IOException {
    // One that goes meanwhile has no size.
    return logs(folder).stream().mapToLong(file -> file.toFile().length()).sum();
  }

  private static List<Path> logs(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("log.")).toList();
    }
  }

  @Test
  @Tag("LOG-4")
  void aLogIsForRootAloneAndGoesThroughNoLink() throws IOException {
    project = engine.project("linked", "services: {a: {image: busybox, command: echo said}}\n");
    project.run("create").ok();
    Path log = engine.root().resolve("containers/" + project.run("ps", "-aq", "--no-trunc", "a").ok().out().strip() + "/log.000001");
    Path precious = Files.writeString(project.folder().resolve("precious"), "kept\n");
    Files.createSymbolicLink(log, precious);
    assertThat(project.run("up", "-d").expect(1).err()).contains("too many levels of symbolic links");
    assertThat(precious).hasContent("kept\n");
    Files.delete(log);
    project.up().awaitLogs("a", "said");
    assertThat(Host.run("stat", "-c", "%a %u", log.toString()).out()).as("and the control").isEqualTo("600 0\n");
  }
}

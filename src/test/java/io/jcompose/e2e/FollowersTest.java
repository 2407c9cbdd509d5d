package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many who follow at once: those who don't read hold up nobody, those who do get every line. {@code
 * -Djcompose.followers=100 -Djcompose.followers.services=50 -Djcompose.followers.lines=6000} is a minute of it in full
 * size.
 */
class FollowersTest {
  private static final int FOLLOWERS = Integer.getInteger("jcompose.followers", 20);
  private static final int SERVICES = Integer.getInteger("jcompose.followers.services", 5);
  private static final int LINES = Integer.getInteger("jcompose.followers.lines", 100);
  private static final int STALLED = 100;
  private static final long MEBIBYTE = 1 << 20;
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @Test
  @Tag("F-24")
  void whoDoesNotReadHoldsUpNobody() throws IOException {
    project =
        engine.project(
            "stalled",
            """
            services:
              fast:
                image: busybox
                init: true
                command: sh -c 'i=0; while :; do i=$$((i+1)); echo line $$i; done'
                logging: {options: {max-size: 5m, max-file: "3"}}
              calm: {image: busybox, init: true, command: sh -c 'echo calm; exec sleep 1000'}
            """);
    project.up();
    await("a log").atMost(Duration.ofSeconds(20)).until(() -> lastLine() > 20_000);
    Footprint before = Footprint.of(engine.pid().orElseThrow());
    List<Running> followers = new ArrayList<>();
    List<InputStream> pipes = new ArrayList<>();
    for (int i = 0; i < STALLED; i++) {
      Path pipe = engine.folder().resolve("pipe" + i);
      Host.run("mkfifo", pipe.toString()).ok();
      String script = "exec \"$0\" logs -f >" + pipe;
      followers.add(
          engine.startProgram(
              project.folder(), Map.of(), List.of("/bin/sh", "-c", script, TestEngine.client().toString())));
      pipes.add(Files.newInputStream(pipe));
    }
    for (InputStream pipe : pipes) {
      assertThat(pipe.read()).isPositive(); // It follows, and is read no further.
    }
    long held = residentBytes();
    long last = lastLine();
    assertThat(project.logs("calm")).isEqualTo("calm\n");
    await("the writer goes on").atMost(Duration.ofSeconds(20)).until(() -> lastLine() > last + 20_000);
    Memory.awaitResidentBelow(engine.pid().orElseThrow(), held + 64 * MEBIBYTE);

    for (InputStream pipe : pipes) {
      pipe.close();
    }
    for (Running follower : followers) {
      follower.end();
    }
    await("descriptors as before")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () ->
                assertThat(Footprint.of(engine.pid().orElseThrow()).descriptors().get("socket"))
                    .isLessThanOrEqualTo(before.descriptors().get("socket")));
  }

  /** Its only container is stopped, started, recreated and restarted by others; it ends when it is stopped for good. */
  @Test
  void whoFollowsGoesOnWithWhatIsRestartedAndRecreated() {
    String file = "services: {app: {image: busybox, init: true, command: sh -c 'echo begun %s; exec sleep 1000'}}\n";
    project = engine.project("again", file.formatted("once")).up();
    Running logs = project.start("logs", "-f", "--no-log-prefix").awaitOut("begun once");
    Running ofIt = project.start("container", "logs", "-f", "again-app-1").awaitOut("begun once");
    for (int runs = 2; runs < 5; runs++) {
      boolean alone = runs == 3;
      (alone ? project.run("container", "restart", "-t", "0", "again-app-1") : project.run("restart", "-t", "0")).ok();
      awaitRuns(logs, "begun once", runs);
      awaitRuns(ofIt, "begun once", runs);
    }
    project.composeFile(file.formatted("anew")).run("up", "-d", "-t", "0").ok();
    ofIt.end().ok();
    awaitRuns(logs, "begun anew", 1);
    project.run("up", "-d", "-t", "0", "--force-recreate").ok();
    awaitRuns(logs, "begun anew", 2);
    assertThat(logs.alive()).isTrue();
    project.run("stop", "-t", "0").ok();
    String out = logs.end().ok().out();
    assertThat(out.split("\n")).containsSubsequence("begun once", "begun once", "begun once", "begun once", "begun anew", "begun anew");
  }

  private static void awaitRuns(Running logs, String line, int runs) {
    await(runs + " runs")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(logs.out().split(line, -1)).as(logs.out()).hasSize(runs + 1));
  }

  private long lastLine() {
    String last = project.run("logs", "--no-log-prefix", "--tail", "1", "fast").ok().out().strip();
    return last.isEmpty() ? 0 : Long.parseLong(last.replace("line ", ""));
  }

  private static long residentBytes() {
    return Memory.resident(engine.pid().orElseThrow());
  }

  @Test
  @Tag("S-07")
  void everyFollowerGetsEveryLineOfEveryService() throws IOException {
    String script = "until test -e /go/go; do usleep 5000; done; for i in `seq %d`; do echo line $$i; usleep 10000; done".formatted(LINES);
    project =
        engine.project(
            "lines",
            "services: {app: {image: busybox, command: [sh, -c, '%s'], scale: %d, volumes: ['./go:/go']}}\n".formatted(script, SERVICES));
    project.up();
    long pid = engine.pid().orElseThrow();
    List<Running> followers = Stream.generate(() -> project.start("logs", "-f").closeInput()).limit(FOLLOWERS).toList();
    long begin = System.nanoTime();
    Duration before = cpu(pid);
    Files.createFile(project.folder().resolve("go/go"));
    for (Running follower : followers) {
      assertThat(counts(follower.end(Duration.ofMinutes(5)).ok())).hasSize(SERVICES).allSatisfy((service, lines) -> assertThat(lines).isEqualTo(LINES));
    }
    double cores = (double) cpu(pid).minus(before).toNanos() / (System.nanoTime() - begin);
    if (FOLLOWERS >= 100) {
      System.getLogger("test").log(System.Logger.Level.INFO, "the engine took {0} cores", cores);
      assertThat(cores).isLessThan(1);
    }
  }

  /** How many lines of each container came, each once and in order. */
  private static Map<String, Integer> counts(Result follower) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (BufferedReader lines = new BufferedReader(new java.io.StringReader(follower.out()))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(" | ")) {
          String[] parts = line.split(" +\\| ");
          int number = counts.merge(parts[0], 1, Integer::sum);
          assertThat(parts[1]).isEqualTo("line " + number);
        }
      }
    }
    return counts;
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).orElseThrow();
  }
}

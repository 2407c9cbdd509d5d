package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who follows outlives the engine: the next one goes on, and every line comes once and in order. */
class FollowTest {
  /** As fast as it can until it is told to stop, each line in two pieces, in log files that are soon full. */
  private static final String FAST =
      """
      services:
        fast:
          image: busybox
          init: true
          command: |
            sh -c 'i=0; while [ ! -e /enough ]; do i=$$((i+1)); echo -n "li"; echo "ne $$i"; done; echo done; exec sleep 1000'
          logging: {options: {max-size: 200k, max-file: '1000'}}
      """;

  /** Two that go on until they are stopped. */
  private static final String PAIR =
      """
      services:
        one: {image: busybox, init: true, command: sh -c 'i=0; while :; do i=$$((i+1)); echo line $$i; usleep 2000; done'}
        two: {image: busybox, init: true, command: sh -c 'i=0; while :; do i=$$((i+1)); echo line $$i >&2; usleep 3000; done'}
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private static void killEngine() {
    kill(engine.pid().orElseThrow());
  }

  private static void kill(long pid) {
    Host.run("kill", "-KILL", Long.toString(pid)).ok();
    await(pid + " is gone").atMost(Duration.ofSeconds(10)).until(() -> !OwnProcesses.runs(pid));
  }

  /** Waits until it has shown a number of bytes more. */
  private static void awaitMore(Running follower, int bytes) {
    long enough = follower.outSize() + bytes;
    await("more output")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(follower.outSize()).as(follower.err()).isGreaterThan(enough));
  }

  /** The numbers of the lines that begin so. */
  private static long[] numbers(String output, String before) {
    return Pattern.compile("^" + Pattern.quote(before) + "line (\\d+)$", Pattern.MULTILINE)
        .matcher(output)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .toArray();
  }

  private static void assertEachOnce(long[] numbers) {
    assertThat(numbers).hasSizeGreaterThan(10);
    for (int i = 0; i < numbers.length; i++) {
      assertThat(numbers[i]).as("line " + (i + 1)).isEqualTo(i + 1);
    }
  }

  @Test
  @Tag("F-01")
  @Tag("F-30")
  void logsGoOnOverEnginesThatAreKilledAndOneThatMakesWay() {
    project = engine.project("fast", FAST).up();
    Running follower = project.start("logs", "-f", "--no-log-prefix");
    for (int i = 0; i < 3; i++) {
      awaitMore(follower, 10_000);
      killEngine();
    }
    awaitMore(follower, 10_000);
    try (NewerBuild newer = new NewerBuild(engine, 1)) {
      long before = engine.pid().orElseThrow();
      assertThat(newer.pid()).isNotEqualTo(before);
      project.sh("fast", "touch /enough");
      String out = follower.awaitOut("done\n").signal("INT").end().expect(130).out();
      assertEachOnce(numbers(out, ""));
      assertThat(out).endsWith("\ndone\n");
    }
    assertThat(follower.err()).isEmpty();
  }

  @Test
  @Tag("F-01")
  @Tag("F-30")
  void statsGoOn() {
    project = engine.project("fast", FAST).up();
    Running follower = project.start("stats", "--format", "{{.Name}}").awaitOut("fast-fast-1\n");
    killEngine();
    awaitMore(follower, 50);
    try (NewerBuild newer = new NewerBuild(engine, 1)) {
      long before = engine.pid().orElseThrow();
      assertThat(newer.pid()).isNotEqualTo(before);
      awaitMore(follower, 50);
      Result result = follower.signal("INT").end().expect(130);
      assertThat(result.out().lines().distinct()).containsExactly("fast-fast-1");
      assertThat(result.err()).isEmpty();
    }
  }

  @Test
  @Tag("F-01")
  @Tag("F-30")
  void aForegroundUpGoesOnAndTheFirstCtrlCStopsGracefully() {
    project = engine.project("pair", PAIR);
    Running up = project.start("up").awaitOut("one-1  | line 20\n").awaitOut("two-1  | line 20\n");
    String containers = project.run("ps", "-q").ok().out();
    long started = engine.keeperOf("pair-one-1");
    killEngine();
    awaitMore(up, 1000);
    try (NewerBuild newer = new NewerBuild(engine, 1)) {
      long before = engine.pid().orElseThrow();
      assertThat(newer.pid()).isNotEqualTo(before);
      awaitMore(up, 1000);
      assertThat(project.run("ps", "-q").ok().out()).isEqualTo(containers);
      assertThat(engine.keeperOf("pair-one-1")).isEqualTo(started);
      Result end = up.signal("INT").end().expect(130);
      assertThat(end.err()).contains("pair-one-1  Stopped", "pair-two-1  Stopped");
      assertThat(end.out()).containsOnlyOnce("Attaching to").containsOnlyOnce("Gracefully stopping");
      assertEachOnce(numbers(end.out(), "one-1  | "));
      assertEachOnce(numbers(end.out(), "two-1  | "));
    }
    assertThat(project.ps("one", "ExitCode")).isEqualTo("143");
  }

  /** The launcher is held, so that there is no engine for as long as the test wants. */
  private void inTheGap(LongConsumer act) {
    long launcher = engine.launcher();
    long pid = engine.pid().orElseThrow();
    Host.run("kill", "-STOP", Long.toString(launcher)).ok();
    try {
      Host.run("kill", "-KILL", Long.toString(pid)).ok();
      act.accept(pid);
    } finally {
      Host.run("kill", "-CONT", Long.toString(launcher)).ok();
    }
  }

  @Test
  @Tag("F-01")
  void ctrlCWhileThereIsNoEngineEndsLogsAtOnceAndUpGracefully() {
    project = engine.project("gap", PAIR);
    Running up = project.start("up").awaitOut("one-1  | line 5\n");
    Running logs = project.start("logs", "-f", "one").awaitOut("line 5\n");
    inTheGap(
        pid -> {
          logs.signal("INT").end(Duration.ofSeconds(5)).expect(130);
          up.signal("INT");
        });
    Result end = up.end().expect(130);
    assertThat(end.out()).containsOnlyOnce("Gracefully stopping");
    assertThat(project.ps("one", "ExitCode")).isEqualTo("143");
  }

  @Test
  @Tag("F-01")
  void theSecondCtrlCWhileThereIsNoEngineKills() {
    project =
        engine.project(
            "deaf",
            """
            services:
              deaf:
                image: busybox
                stop_grace_period: 10m
                command: sh -c 'trap "echo not now" TERM; echo ready; while :; do sleep 0.05; done'
            """);
    Running up = project.start("up").awaitOut("ready");
    up.signal("INT").awaitOut("not now");
    inTheGap(pid -> up.signal("INT"));
    up.end().expect(130);
    assertThat(up.out()).containsOnlyOnce("Gracefully stopping");
    assertThat(project.ps("deaf", "ExitCode")).isEqualTo("137");
  }

  @Test
  @Tag("F-01")
  void whatEndsWhileThereIsNoEngineIsShownToItsEnd() {
    project =
        engine.project(
            "ends",
            """
            services:
              job: {image: busybox, init: true, command: sh -c 'echo begun; read x; echo last; exit 3', stdin_open: true}
            """);
    Running up = project.start("up", "--abort-on-container-exit").awaitOut("begun");
    long job = pidOf("ends-job-1");
    inTheGap(pid -> kill(job));
    Result end = up.end().expect(137);
    assertThat(end.out()).containsOnlyOnce("job-1  | begun").containsOnlyOnce("job-1 exited with code 137");
  }

  @Test
  @Tag("F-01")
  void waitAndEventsTellWhatEndedWhileThereWasNoEngine() {
    project = engine.project("told", PAIR).up();
    Running events = project.start("events");
    project.run("restart", "-t", "0", "two").ok();
    events.awaitOut("container start");
    Running wait = project.start("wait", "one");
    Running waitByName = project.start("container", "wait", "told-one-1");
    long one = pidOf("told-one-1");
    String id = project.id("one");
    inTheGap(pid -> kill(one));
    assertThat(wait.end().expect(137).out()).isEqualTo("container \"" + id + "\" exited with status code 137\n");
    assertThat(waitByName.end().ok().out()).isEqualTo("137\n");
    String told = events.awaitOut("container die " + id).signal("INT").end().expect(130).out();
    assertThat(told).containsOnlyOnce("container die " + id).containsOnlyOnce("container start");
  }

  private long pidOf(String container) {
    return Long.parseLong(project.run("container", "inspect", "-f", "{{.State.Pid}}", container).ok().out().strip());
  }

  @Test
  @Tag("F-01")
  void theClientStartsAnEngineWhenTheLauncherIsGoneToo() {
    project = engine.project("both", PAIR).up();
    project.awaitLogs("one", "line 40\n").awaitLogs("two", "line 20\n");
    Running plain = project.start("container", "logs", "-f", "both-one-1").awaitOut("line 40\n");
    Running tail = project.start("logs", "-f", "-t", "--tail", "2", "one", "two").awaitOut("one-1").awaitOut("two-1");
    long pid = engine.pid().orElseThrow();
    kill(engine.launcher());
    await("the engine leaves with its launcher").atMost(Duration.ofSeconds(10)).until(() -> !OwnProcesses.runs(pid));
    awaitMore(plain, 500);
    awaitMore(tail, 2000);
    assertEachOnce(numbers(plain.signal("INT").end().expect(130).out(), ""));
    String stamped = tail.signal("INT").end().expect(130).out();
    for (String name : List.of("one-1  | ", "two-1  | ")) {
      long[] numbers =
          numbers(stamped.replaceAll("(?m)^(...-1  \\| )[-0-9]+T[0-9:.]+Z ", "$1"), name);
      assertThat(numbers).isEqualTo(LongStream.range(numbers[0], numbers[0] + numbers.length).toArray());
      assertThat(numbers[0]).isGreaterThan(2);
    }
    assertThat(stamped.lines()).allMatch(line -> line.matches("(one|two)-1  \\| [-0-9]+T[0-9:.]+Z line \\d+"));
  }

  @Test
  @Tag("F-01")
  @Tag("F-24")
  void aSlowReaderGetsEveryLine() throws IOException {
    project = engine.project("slow", FAST).up();
    project.awaitLogs("fast", "line 30000\n").sh("fast", "touch /enough");
    Path pipe = engine.folder().resolve("pipe");
    Host.run("mkfifo", pipe.toString()).ok();
    String script = "exec \"$0\" logs -f --no-log-prefix >pipe-of-the-test".replace("pipe-of-the-test", pipe.toString());
    Running follower =
        engine.startProgram(
            project.folder(), Map.of(), List.of("/bin/sh", "-c", script, TestEngine.client().toString()));
    StringBuilder out = new StringBuilder();
    try (InputStream reader = Files.newInputStream(pipe)) {
      // The pipe is full, and so is what is before it, when the engine dies.
      read(reader, out, "line 100\n");
      killEngine();
      read(reader, out, "line 20000\n");
      killEngine();
      read(reader, out, "done\n");
    }
    follower.signal("INT").end().expect(130);
    assertEachOnce(numbers(out.toString(), ""));
    assertThat(out).hasToString(out.substring(0, out.indexOf("done\n") + 5));
  }

  private static void read(InputStream from, StringBuilder to, String until) throws IOException {
    byte[] bytes = new byte[4096];
    while (to.indexOf(until, Math.max(0, to.length() - 2 * bytes.length)) < 0) {
      int count = from.read(bytes);
      assertThat(count).as("the end came before " + until.strip()).isPositive();
      to.append(new String(bytes, 0, count, StandardCharsets.US_ASCII));
    }
  }

  @Test
  void anEngineThatIsToldToStopIsNotFollowedByAnother() {
    project = engine.project("told", PAIR).up();
    Running follower = project.start("logs", "-f").awaitOut("line 5\n");
    engine.run("engine", "stop").ok();
    assertThat(follower.end(Duration.ofSeconds(10)).expect(1).err()).contains("the engine was stopped");
  }
}

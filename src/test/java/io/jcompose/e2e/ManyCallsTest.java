package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands that are run in one container again and again leave the engine as it was. {@code -Djcompose.calls=10000}. */
class ManyCallsTest {
  private static final int CALLS = Integer.getInteger("jcompose.calls", 150);
  private static final int WARM = 50;
  private static final int SIDE_BY_SIDE = 20;

  /** As many as one terminal takes within the time that the program which plays it gives itself. */
  private static final int ATTACHES = 20;

  private static final long GROWTH = 32 << 20;
  private static final String TERMINAL =
      Path.of("src/test/resources/io/jcompose/e2e/terminal.py").toAbsolutePath().toString();

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @BeforeEach
  void up() {
    project = engine.project("calls", "services: {app: {image: busybox, tty: true, stdin_open: true, command: sh}}\n").up();
  }

  private void assertFlat(Runnable calls) {
    long pid = engine.pid().orElseThrow();
    Footprint warm = Footprint.of(pid);
    long resident = Memory.resident(pid);
    calls.run();
    await("descriptors and threads as before")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> Footprint.of(pid).assertNoMoreThan(warm));
    Memory.awaitResidentBelow(pid, resident + GROWTH);
    assertThat(engine.pid()).contains(pid);
  }

  /** Runs a script to which the client is {@code $0}. */
  private Running shell(String script) {
    return engine
        .startProgram(project.folder(), Map.of(), List.of("/bin/sh", "-c", script, TestEngine.client().toString()))
        .closeInput();
  }

  private void exec(int times) {
    String script = "for i in $(seq " + times + "); do \"$0\" exec -T app sh -c 'exit 7'; test $? = 7 || exit 1; done";
    shell(script).end(Duration.ofMinutes(10)).ok();
  }

  @Test
  @Tag("SUP-7")
  void execs() {
    exec(WARM);
    assertFlat(() -> exec(CALLS));
  }

  /** Joins the shell of the container on a terminal, resizes it, looks, and leaves it running. */
  private void attach() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3", TERMINAL,
                "sh -c 'for i in $(seq %d); do %s attach app; echo left; done'".formatted(ATTACHES, TestEngine.client())));
    for (int i = 0; i < ATTACHES; i++) {
      String size = (20 + i) + " " + (80 + i);
      command.addAll(
          List.of("mode raw", "resize " + size, "type stty size\\r", "expect " + size, "type \\x10\\x11", "expect left"));
    }
    assertThat(engine.startProgram(project.folder(), Map.of("TERM", "xterm"), command).end().ok().out())
        .endsWith("exit 0, terminal restored\n");
  }

  @Test
  @Tag("SUP-7")
  void attachesAndResizes() {
    attach();
    assertFlat(() -> IntStream.range(0, (CALLS + ATTACHES - 1) / ATTACHES / 4).forEach(i -> attach()));
  }

  private void starts(int times) {
    String script = "for i in $(seq " + times + "); do test \"$(\"$0\" container run --rm busybox echo $i)\" = $i || exit 1; done";
    shell(script).end(Duration.ofMinutes(30)).ok();
  }

  @Test
  @Tag("S-02")
  void startsAndEnds() {
    starts(WARM);
    LeakAudit.Snapshot before = engine.audit().take();
    assertFlat(() -> starts(CALLS));
    assertThat(engine.audit().leftSince(before).things()).isEmpty();
  }

  @Test
  @Tag("S-06")
  void execsSideBySideLoseNeitherCodesNorOutput() {
    String script =
        """
        for i in $(seq %d); do
          out=$("$0" exec -T app sh -c "seq $i 3000; exit $((i %% 100 + 1))"; echo "code $?")
          test "$out" = "$(seq $i 3000; echo "code $((i %% 100 + 1))")" || { echo "$i: $out" | tail -3; exit 1; }
        done
        """
            .formatted((CALLS + SIDE_BY_SIDE - 1) / SIDE_BY_SIDE);
    List<Running> callers = IntStream.range(0, SIDE_BY_SIDE).mapToObj(_ -> shell(script)).toList();
    callers.forEach(caller -> caller.end(Duration.ofMinutes(30)).ok());
  }
}

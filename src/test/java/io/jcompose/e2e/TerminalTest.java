package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client on a terminal; a small program plays the terminal and the hands. */
class TerminalTest {
  private static final String SCRIPT =
      Path.of("src/test/resources/io/jcompose/e2e/terminal.py").toAbsolutePath().toString();

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  /**
   * Runs the client on a new terminal of 30 rows and 100 columns. Each step is typed, or done to the terminal, when
   * the text before it has come: {@code expect TEXT}, {@code type TEXT}, {@code resize ROWS COLUMNS}, {@code mode}.
   *
   * @return what the terminal showed, then a line with the client's exit code and whether the terminal is as before
   */
  private Result onTerminal(String client, String... steps) {
    List<String> command =
        new ArrayList<>(
            List.of("python3", SCRIPT, TestEngine.client() + " " + client));
    command.addAll(List.of(steps));
    return engine.startProgram(project.folder(), Map.of("TERM", "xterm"), command).end().ok();
  }

  private void serviceThatSleeps(String name) {
    project = engine.project(name, "services: {app: {image: busybox, init: true, command: sleep 1000}}\n").up();
  }

  @Test
  void aShellHasATerminalOfTheSameSizeThatFollowsResizes() {
    serviceThatSleeps("shell");
    Result shown =
        onTerminal(
            "exec app sh",
            "expect # ", "type stty size\\r", "expect 30 100", "mode raw",
            "resize 40 120", "type stty size\\r", "expect 40 120",
            "type exit 7\\r");
    assertThat(shown.out()).endsWith("exit 7, terminal restored\n");
  }

  @Test
  void ctrlCGoesToTheProgramInside() {
    serviceThatSleeps("ctrlc");
    String script = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    Result shown = onTerminal("exec app sh -c \"" + script + "\"", "expect ready", "type \\x03", "expect caught");
    assertThat(shown.out()).contains("^C").endsWith("exit 5, terminal restored\n");
  }

  @Test
  void ctrlDEndsTheShell() {
    serviceThatSleeps("ctrld");
    assertThat(onTerminal("exec app sh", "expect # ", "type \\x04").out()).endsWith("exit 0, terminal restored\n");
  }

  @Test
  void aTerminalIsGivenOnlyWhereThereIsOne() {
    serviceThatSleeps("tty");
    assertThat(onTerminal("exec app tty").out()).contains("/dev/pts/0");
    assertThat(onTerminal("exec -T app tty").out()).contains("not a tty");
    assertThat(project.run("exec", "app", "tty").out()).contains("not a tty");
  }

  @Test
  void foregroundUpStopsAtCtrlCFromTheKeyboard() {
    project = engine.project("front", "services: {app: {image: busybox, init: true, command: sh -c 'echo here; exec sleep 1000'}}\n");
    Result shown = onTerminal("up", "expect here", "type \\x03");
    assertThat(shown.out()).contains("Gracefully").endsWith("exit 130, terminal restored\n");
    assertThat(project.ps("app", "State")).isEqualTo("exited");
  }

  @Test
  void theTerminalIsRestoredWhenTheEngineDies() {
    serviceThatSleeps("dies");
    Result shown =
        onTerminal("exec app sh", "expect # ", "mode raw", "kill " + engine.pid().orElseThrow());
    assertThat(shown.out()).endsWith("exit 1, terminal restored\n");
  }

  @Test
  void changedSettingsOfAVolumeAreAskedAbout() {
    String file =
        "services: {app: {image: busybox, init: true, command: sleep 1000, volumes: ['data:/d']}}\n"
            + "volumes: {data: {labels: {a: '%s'}}}\n";
    project = engine.project("asked", file.formatted(1)).up();
    project.sh("app", "echo 1 >/d/f");
    project = engine.project("asked", file.formatted(2));
    onTerminal("up -d -t 1", "expect (y/N)", "type n\r");
    assertThat(project.sh("app", "cat /d/f")).isEqualTo("1");
    onTerminal("up -d -t 1", "expect (y/N)", "type y\r");
    assertThat(project.sh("app", "ls /d")).isEmpty();
  }
}

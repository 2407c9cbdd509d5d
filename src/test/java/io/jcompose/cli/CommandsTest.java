package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir Path folder;
  private Caller caller;

  @BeforeEach
  void caller() {
    caller = new Caller(folder, Map.of());
  }

  private int run(String line) {
    return Commands.run(caller.calls(line), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up", "down", "ps", "logs", "watch", "exec", "start", "stop", "restart", "build", "config", "image", "image ls",
        "image rm", "image bootstrap", "container", "container explain", "engine", "engine status",
        "engine stop", "version",
      })
  void everyCommandHasHelp(String command) {
    assertThat(run(command + " --help")).isZero();
    assertThat(caller.out.toString()).contains("Usage:").contains(command.substring(command.indexOf(' ') + 1));
    assertThat(caller.err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "help"})
  void theOverviewListsTheCommands(String line) {
    assertThat(run(line)).isZero();
    assertThat(caller.out.toString()).contains("up", "down", "logs", "engine");
  }

  @ParameterizedTest
  @CsvSource({
    "up --detatch,             did you mean \"--detach\"?",
    "up --detatch=true,        did you mean \"--detach\"?",
    "image lss,                'there is no command \"lss\"; did you mean \"ls\"?'",
    "buildx creat --use,       there is no command \"creat\"",
    "rmi,                      jcompose rmi: Missing required parameter",
    "psx,                      did you mean \"ps\"?",
    "dwon,                     did you mean \"down\"?",
    "frobnicate,               there is no command \"frobnicate\"",
    "logs --tail many,         --tail many",
    "up -d --abort-on-container-exit, --abort-on-container-exit",
    "up --build --no-build,    exclude each other",
    "up --wait-timeout 5,      goes with --wait",
    "up --scale web=x,         scale",
    "build -t x .,             \"jcompose image build\" has it",
    "image build --call x .,   'one of build, check, outline'",
    "exec,                     SERVICE",
  })
  void whatIsMisusedExitsWithTwoAndSaysSo(String line, String said) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(caller.err.toString()).contains(said).doesNotContain("Exception");
    assertThat(caller.out.toString()).isEmpty();
  }

  @Test
  void aWildGuessIsNoSuggestion() {
    run("run");
    assertThat(caller.err.toString()).doesNotContain("did you mean");
  }

  @Test
  void whatTheUserTypedCannotSteerTheTerminal() {
    run("x\033[2J");
    assertThat(caller.err.toString()).doesNotContain("\033");
  }

  @Test
  void withoutAFileItSaysWhichIsLookedFor() {
    assertThat(run("config")).isEqualTo(1);
    assertThat(caller.err.toString()).contains("compose.yaml").doesNotContain("Exception");
  }

  @Test
  void theTableForTheClientNamesVerbsWithoutEngineAndOptionsWithValue() {
    List<String> table = Commands.verbTable().lines().toList();
    assertThat(table).contains("verb config", "verb version", "verb help", "option -f", "option --profile");
    assertThat(table).contains("idle engine status", "idle engine stop").doesNotContain("idle engine start");
    assertThat(table).doesNotContain("verb up", "verb ps", "option --debug");
  }

  @Test
  void optionsBeforeTheVerbAreNotTakenForIt() {
    assertThat(run("-p up version")).isZero();
    assertThat(run("--profile ps --progress plain version")).isZero();
  }
}

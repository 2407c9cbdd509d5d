package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir Path folder;
  private final Text out = new Text();
  private final Text err = new Text();

  private static final class Text implements Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
    }

    @Override
    public boolean terminal() {
      return false;
    }

    @Override
    public String toString() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private int run(String line) {
    List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
    Invocation invocation =
        new Invocation(
            arguments, folder, Map.of(), out, err, List.of(Optional.empty(), Optional.empty(), Optional.empty()),
            false, Optional.empty(), new Cancellation());
    return Commands.run(invocation, Optional.empty());
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
    assertThat(out.toString()).contains("Usage:").contains(command.substring(command.indexOf(' ') + 1));
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "help"})
  void theOverviewListsTheCommands(String line) {
    assertThat(run(line)).isZero();
    assertThat(out.toString()).contains("up", "down", "logs", "engine");
  }

  @ParameterizedTest
  @CsvSource({
    "up --detatch,             --detach",
    "psx,                      did you mean \"ps\"?",
    "dwon,                     did you mean \"down\"?",
    "frobnicate,               there is no command \"frobnicate\"",
    "logs --tail many,         --tail many",
    "up -d --abort-on-container-exit, --abort-on-container-exit",
    "up --build --no-build,    exclude each other",
    "up --wait-timeout 5,      goes with --wait",
    "up --scale web=x,         scale",
    "exec,                     SERVICE",
  })
  void whatIsMisusedExitsWithTwoAndSaysSo(String line, String said) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).contains(said).doesNotContain("Exception");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aWildGuessIsNoSuggestion() {
    run("run");
    assertThat(err.toString()).doesNotContain("did you mean");
  }

  @Test
  void whatTheUserTypedCannotSteerTheTerminal() {
    run("x\033[2J");
    assertThat(err.toString()).doesNotContain("\033");
  }

  @Test
  void withoutAFileItSaysWhichIsLookedFor() {
    assertThat(run("config")).isEqualTo(1);
    assertThat(err.toString()).contains("compose.yaml").doesNotContain("Exception");
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

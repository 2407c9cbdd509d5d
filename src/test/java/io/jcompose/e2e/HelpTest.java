package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command, nested ones too, says what it takes. */
class HelpTest {
  @RegisterExtension private static final TestEngine engine = new TestEngine();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up", "down", "ps", "logs", "exec", "start", "stop", "restart", "build", "config", "image", "image bootstrap",
        "image ls", "image rm", "container", "container explain", "engine", "engine status", "engine stop", "version"
      })
  void everyCommandHasHelp(String command) {
    Result help = engine.run((command + " --help").split(" ")).ok();
    assertThat(help.out()).contains("Usage: jcompose " + command);
    assertThat(help.err()).isEmpty();
  }
}

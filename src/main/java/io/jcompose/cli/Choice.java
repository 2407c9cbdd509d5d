package io.jcompose.cli;

import java.util.List;
import picocli.CommandLine;

/** Values of options of which there are only a few. */
final class Choice {
  private Choice() {}

  /** Throws a usage error that names the choices when {@code value} is none of them; null is fine. */
  static void check(CommandLine.Model.CommandSpec spec, String option, String value, List<String> choices) {
    if (value != null && !choices.contains(value)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), option + " " + value + ": it is one of " + String.join(", ", choices));
    }
  }
}

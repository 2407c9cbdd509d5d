package io.jcompose.cli;

import java.util.Collection;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParseResult;

/** A command's flags, read from its class, and what it works with: for one call at a time. */
record CommandModel(CommandName name, CommandLine line, CommandContext context) {
  /**
   * Whether another call may have it, now that one is over: the command says so, and no list that an option begins with
   * has got anything. To everything else picocli gives its first value when it reads the next arguments.
   */
  boolean reusable() {
    ParseResult read = line.getParseResult();
    while (read != null) {
      if (read.commandSpec().args().stream().anyMatch(CommandModel::beginsWithSomething)) {
        return false;
      }
      if (!read.hasSubcommand()) {
        return read.commandSpec().userObject() instanceof Reusable;
      }
      read = read.subcommand();
    }
    return false;
  }

  private static boolean beginsWithSomething(ArgSpec argument) {
    return switch (argument.initialValue()) {
      case Collection<?> some -> !some.isEmpty();
      case Map<?, ?> some -> !some.isEmpty();
      case null, default -> false;
    };
  }
}

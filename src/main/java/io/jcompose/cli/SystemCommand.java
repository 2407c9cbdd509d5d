package io.jcompose.cli;

import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(name = "system", description = "The engine and its data root as a whole: df, events, info, prune.", sortOptions = false)
final class SystemCommand implements Runnable {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  static CommandLine line(CommandContext context) {
    return new CommandLine(new SystemCommand())
        .addSubcommand(new SystemDfCommand(context))
        .addSubcommand(new SystemEventsCommand(context))
        .addSubcommand(new InfoCommand(context))
        .addSubcommand(new SystemPruneCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what: " + String.join(", ", new TreeSet<>(spec.subcommands().keySet())));
  }
}

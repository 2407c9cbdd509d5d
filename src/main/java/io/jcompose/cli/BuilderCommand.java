package io.jcompose.cli;

import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "builder",
    aliases = "buildx",
    description = "Builds of single images, and what they keep: build, du, prune.",
    sortOptions = false)
final class BuilderCommand implements Runnable {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  static CommandLine line(CommandContext context) {
    return new CommandLine(new BuilderCommand())
        .addSubcommand("build", new ImageBuildCommand(context), "b")
        .addSubcommand(new BuilderDuCommand(context))
        .addSubcommand(new BuilderPruneCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: " + String.join(", ", new TreeSet<>(spec.subcommands().keySet())));
  }
}

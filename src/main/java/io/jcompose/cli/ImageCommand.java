package io.jcompose.cli;

import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(name = "image", description = "Images, whatever project they are for.", sortOptions = false)
final class ImageCommand implements Runnable {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  static CommandLine line(CommandContext context) {
    return new CommandLine(new ImageCommand())
        .addSubcommand(new ImageBootstrapCommand(context))
        .addSubcommand(new ImageFromHostCommand(context))
        .addSubcommand(new ImageBuildCommand(context))
        .addSubcommand(new ImageHistoryCommand(context))
        .addSubcommand(new ImageImportCommand(context))
        .addSubcommand(new ImageInspectCommand(context))
        .addSubcommand(new ImageListCommand(context))
        .addSubcommand(new ImageLoadCommand(context))
        .addSubcommand(new ImagePruneCommand(context))
        .addSubcommand(new ImagePullCommand(context))
        .addSubcommand(new ImagePushCommand(context))
        .addSubcommand(new ImageRemoveCommand(context))
        .addSubcommand(new ImageSaveCommand(context))
        .addSubcommand(new ImageTagCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what: " + String.join(", ", new TreeSet<>(spec.subcommands().keySet())));
  }
}

package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "help", description = "Shows help about a command.")
final class HelpCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "COMMAND", description = "The command")
  List<String> command = new ArrayList<>();

  HelpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (command.isEmpty()) {
      context.out().print(Commands.help(context));
      return 0;
    }
    return Commands.helpOf(command, context);
  }
}

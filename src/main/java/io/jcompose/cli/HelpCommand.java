package io.jcompose.cli;

import io.jcompose.compose.load.AttributeReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "help", description = "Shows help about a command.")
final class HelpCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      paramLabel = "COMMAND",
      description = "The command, or compose-file for all attributes of the Compose file")
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
    if (command.equals(List.of("compose-file"))) {
      context.out().print(AttributeReference.page());
      return 0;
    }
    return Commands.helpOf(command, context);
  }
}

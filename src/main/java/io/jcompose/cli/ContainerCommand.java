package io.jcompose.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "container", description = "Single containers: explain.", sortOptions = false)
final class ContainerCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ContainerCommand(CommandContext context) {
    this.context = context;
  }

  /** With the verbs that are classes of their own. */
  static CommandLine line(CommandContext context) {
    return new CommandLine(new ContainerCommand(context));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: explain");
  }

  @Command(
      name = "explain",
      description = "Shows step by step what a container was made of, with the commands that do the same by hand.")
  int explain(@Parameters(paramLabel = "NAME", description = "A container's name or id") String name) {
    context.out().print(context.engine().containers().explain(name));
    return 0;
  }
}

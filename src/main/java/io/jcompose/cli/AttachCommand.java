package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "attach", description = "Joins the input and output of a running container.", sortOptions = false)
final class AttachCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Whose container")
  String service;

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @Mixin AttachFlags flags = new AttachFlags();

  AttachCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String id = new ContainerChoice(context).one(service, index).id();
    return context.engine().containers().attach(id, flags.streams(), context.invocation());
  }
}

package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "attach", description = "Joins the input and output of a running container.", sortOptions = false)
final class ContainerAttachCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  String name;

  @Mixin AttachFlags flags = new AttachFlags();

  ContainerAttachCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return context.engine().containers().attach(name, flags.streams(), context.invocation());
  }
}

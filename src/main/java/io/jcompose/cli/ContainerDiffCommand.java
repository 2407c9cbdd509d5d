package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "diff", description = "Shows what a container has added (A), changed (C) and deleted (D) in its image's files.", sortOptions = false)
final class ContainerDiffCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  String name;

  ContainerDiffCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.engine().files().diff(name).forEach(
        change -> context.out().println(change.kind() + " " + Printable.line(change.path())));
    return 0;
  }
}

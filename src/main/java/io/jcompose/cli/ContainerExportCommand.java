package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", description = "Writes a container's root as a tar, to standard output or a file.", sortOptions = false)
final class ContainerExportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  String container;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where to")
  String file = "";

  ContainerExportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    new ImageFiles(context).write(file, out -> context.engine().containerImages().export(container, out));
    return 0;
  }
}

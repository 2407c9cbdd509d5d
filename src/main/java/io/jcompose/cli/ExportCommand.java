package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", description = "Writes the root of a service's container as a tar.", sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE")
  String service;

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where to. Default: standard output")
  String file = "";

  ExportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String id = new ContainerChoice(context).one(service, index).id();
    new ImageFiles(context).write(file, out -> context.engine().containerImages().export(id, out));
    return 0;
  }
}

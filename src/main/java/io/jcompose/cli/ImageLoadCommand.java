package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "load",
    description = "Reads images from an archive of \"save\" or an OCI layout, from standard input or a file.",
    sortOptions = false)
final class ImageLoadCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-i", "--input"}, paramLabel = "FILE", description = "Where from")
  String file = "";

  @Option(names = {"-q", "--quiet"}, description = "As without: there is no progress to leave out")
  boolean quiet;

  ImageLoadCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    new ImageFiles(context)
        .read(file, in -> context.engine().images().details().load(in))
        .forEach(context.out()::println);
    return 0;
  }
}

package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", description = "Writes what a volume holds as a tar, to standard output or a file.", sortOptions = false)
final class VolumeExportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "VOLUME")
  String volume;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where to")
  String file = "";

  VolumeExportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    new ImageFiles(context).write(file, out -> context.engine().volumeArchives().write(volume, out));
    return 0;
  }
}

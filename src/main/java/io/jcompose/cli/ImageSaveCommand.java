package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "save",
    description = "Writes images as one archive that Docker and OCI tools read, to standard output or a file.",
    sortOptions = false)
final class ImageSaveCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id; a name without a tag means latest")
  List<String> names = new ArrayList<>();

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where to")
  String file = "";

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only if they are for this platform")
  String platform;

  ImageSaveCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    names.forEach(name -> context.engine().images().details().requirePlatform(name, platform));
    new ImageFiles(context).write(file, out -> context.engine().images().details().save(names, out));
    return 0;
  }
}

package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", description = "Makes an image of a root file system's tar.", sortOptions = false)
final class ImageImportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "FILE", description = "A tar, or - for standard input")
  String file;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The image's name")
  String name = "";

  @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "For the image's history")
  String message = "";

  @Option(names = {"-c", "--change"}, paramLabel = "INSTRUCTION", description = "Sets the image's CMD, ENV, USER, …, as in a Dockerfile")
  List<String> changes = new ArrayList<>();

  ImageImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String history = message.isEmpty() ? "Imported from " + file : message;
    context.out().println(
        new ImageFiles(context)
            .read(file, in -> context.engine().containerImages().importRoot(in, name, history, changes)));
    return 0;
  }
}

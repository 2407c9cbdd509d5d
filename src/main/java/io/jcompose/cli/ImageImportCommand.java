package io.jcompose.cli;

import io.jcompose.engine.ContainerImages;
import io.jcompose.engine.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", description = "Makes an image of a root file system's tar.", sortOptions = false)
final class ImageImportCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "FILE|URL|-", description = "A tar: a file, an address, standard input")
  String file;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The image's name")
  String name = "";

  @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "For the image's history")
  String message = "";

  @Option(names = {"-c", "--change"}, paramLabel = "INSTRUCTION", description = "Sets the image's CMD, ENV, USER, …, as in a Dockerfile")
  List<String> changes = new ArrayList<>();

  @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "What the programs in it run on: this machine's")
  String platform = "";

  ImageImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    boolean address = file.startsWith("http://") || file.startsWith("https://");
    String history = message.isEmpty() && !address ? "Imported from " + file : message;
    ContainerImages.Import wanted = new ContainerImages.Import(name, history, platform, changes);
    ContainerImages images = context.engine().containerImages();
    Invocation invocation = context.invocation();
    String id =
        address
            ? images.importRoot(file, wanted, invocation.environment(), invocation.cancellation())
            : new ImageFiles(context).read(file, in -> images.importRoot(in, wanted));
    context.out().println(id);
    return 0;
  }
}

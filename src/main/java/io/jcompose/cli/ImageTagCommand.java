package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "tag", description = "Gives an image one more name.")
final class ImageTagCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "A name or id")
  String source;

  @Parameters(index = "1", paramLabel = "TARGET", description = "The name to give")
  String target;

  ImageTagCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.engine().images().details().tag(source, target);
    return 0;
  }
}

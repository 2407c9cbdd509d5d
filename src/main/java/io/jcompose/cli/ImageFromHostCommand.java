package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "from-host",
    description = "Makes an image of programs of this host, with the libraries that they need and nothing else.",
    sortOptions = false)
final class ImageFromHostCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NAME", description = "The image's name")
  String name;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "PROGRAM",
      description = "A path, or a name in PATH; the first is what the image runs")
  List<String> programs = new ArrayList<>();

  @Option(names = {"-q", "--quiet"}, description = "Says only the image's id, not what is copied and why")
  boolean quiet;

  ImageFromHostCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      context.out().println(
          context
              .engine()
              .images()
              .fromHost(
                  name, programs, context.invocation().directory(), context.invocation().environment(), progress));
    }
    return 0;
  }
}

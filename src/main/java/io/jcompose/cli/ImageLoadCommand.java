package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Option(
      names = "--from-docker",
      paramLabel = "DIR",
      arity = "0..1",
      fallbackValue = "/var/lib/docker",
      description = "Brings images over from a data root of Docker's. Default: /var/lib/docker")
  String dockerRoot = "";

  @Parameters(paramLabel = "IMAGE", description = "With --from-docker: only these. Default: all")
  List<String> wanted = new ArrayList<>();

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only images for this platform")
  String platform;

  ImageLoadCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!dockerRoot.isEmpty()) {
      try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
        context
            .engine()
            .images()
            .details()
            .loadFromDocker(context.invocation().directory().resolve(dockerRoot), wanted, progress)
            .forEach(context.out()::println);
      }
      return 0;
    }
    if (!wanted.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "images are chosen with --from-docker only; an archive is loaded whole");
    }
    new ImageFiles(context)
        .read(file, in -> context.engine().images().details().load(in, platform))
        .forEach(context.out()::println);
    return 0;
  }
}

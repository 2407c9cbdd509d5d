package io.jcompose.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Gives a volume what a tar holds, in place of what it has: volume import VOLUME [FILE].",
      "With --from-docker: brings volumes over from a Docker; without a name all of them. Stop their containers there first."
    },
    sortOptions = false)
final class VolumeImportCommand implements Callable<Integer> {
  private final CommandContext context;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "VOLUME [FILE]", description = "The volume and the tar, - or none: standard input. With --from-docker: only these")
  List<String> names = new ArrayList<>();

  @Option(names = "--from-docker", description = "From the data root of a Docker on this host")
  boolean fromDocker;

  @Option(names = "--docker-root", paramLabel = "DIR", defaultValue = "/var/lib/docker", description = "Where that is (${DEFAULT-VALUE})")
  Path root;

  @Option(names = "--restart", description = "Stops the containers that use it, and starts them again")
  boolean restart;

  VolumeImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!fromDocker) {
      return fromArchive();
    }
    Path folder = context.invocation().directory().resolve(root);
    context.engine().dockerVolumes().copy(folder, names).forEach(context.out()::println);
    return 0;
  }

  private int fromArchive() {
    if (names.isEmpty() || names.size() > 2) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which volume and from where: VOLUME FILE, or --from-docker");
    }
    String volume = names.getFirst();
    try (ProgressView progress = ProgressView.of(context)) {
      new ImageFiles(context)
          .read(
              names.size() > 1 ? names.getLast() : "-",
              in -> {
                context.engine().volumeArchives().read(volume, in, restart, progress);
                return volume;
              });
    }
    context.out().println(volume);
    return 0;
  }
}

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
    description = "Brings volumes over from a Docker; without a name all of them. Stop their containers there first.",
    sortOptions = false)
final class VolumeImportCommand implements Callable<Integer> {
  private final CommandContext context;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "VOLUME", description = "Only these")
  List<String> names = new ArrayList<>();

  @Option(names = "--from-docker", description = "From the data root of a Docker on this host")
  boolean fromDocker;

  @Option(names = "--docker-root", paramLabel = "DIR", defaultValue = "/var/lib/docker", description = "Where that is (${DEFAULT-VALUE})")
  Path root;

  VolumeImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!fromDocker) {
      throw new CommandLine.ParameterException(spec.commandLine(), "say from where: --from-docker");
    }
    Path folder = context.invocation().directory().resolve(root);
    context.engine().dockerVolumes().copy(folder, names).forEach(context.out()::println);
    return 0;
  }
}

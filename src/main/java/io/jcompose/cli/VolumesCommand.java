package io.jcompose.cli;

import io.jcompose.cli.render.ListFormat;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.StoredVolumes;
import io.jcompose.engine.VolumeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "volumes", description = "Lists the volumes of a project.", sortOptions = false)
final class VolumesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the volumes that these use")
  List<String> services = new ArrayList<>();

  @Option(names = {"-q", "--quiet"}, description = "Shows names only")
  boolean quiet;

  @Option(names = "--format", defaultValue = "", description = "table, json, or a template")
  String format;

  VolumesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Project project = new ProjectSource(context).load();
    ListFormat.check(format.isEmpty() ? "table" : format);
    StoredVolumes volumes = context.engine().volumes();
    List<VolumeView> own = volumes.list().stream().filter(v -> v.project().equals(project.name())).toList();
    if (!services.isEmpty()) {
      services.forEach(
          name ->
              project.service(name).orElseThrow(() -> new EngineException("no such service: " + name)));
      Set<String> used = volumes.usedBy(project.name(), services);
      own = own.stream().filter(v -> used.contains(v.name())).collect(Collectors.toList());
    }
    context.out().print(VolumeText.list(own, quiet, format, volumes));
    return 0;
  }
}

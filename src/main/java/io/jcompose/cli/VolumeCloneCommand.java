package io.jcompose.cli;

import io.jcompose.engine.VolumeSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "clone",
    description = "Makes a volume with the data of another; with --to-project, all of a project for another one.",
    sortOptions = false)
final class VolumeCloneCommand implements Callable<Integer> {
  private final CommandContext context;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "VOLUME NEW", arity = "0..2", description = "The one to copy, and the new one's name")
  List<String> names = new ArrayList<>();

  @Option(names = "--from", defaultValue = "", paramLabel = "SNAPSHOT", description = "As they were then, instead of now")
  String snapshot;

  @Option(names = "--to-project", paramLabel = "NAME", description = "Clones the project's volumes for that project")
  String project;

  VolumeCloneCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    VolumeSnapshots snapshots = context.engine().snapshots();
    if (project != null && names.isEmpty()) {
      snapshots
          .copyProject(VolumeSnapshotCommand.project(context), project, snapshot)
          .forEach(context.out()::println);
      return 0;
    }
    if (project != null || names.size() != 2) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which volume and the new one's name, or --to-project NAME for all of the project");
    }
    snapshots.copy(names.get(0), names.get(1), snapshot);
    context.out().println(names.get(1));
    return 0;
  }
}

package io.jcompose.cli;

import io.jcompose.engine.VolumeSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description = {
      "Gives volumes what they held when a snapshot was taken, and makes those that are gone.",
      "Without a name: the last snapshot of the project. With a volume's name: the last that has it."
    },
    sortOptions = false)
final class VolumeRestoreCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", arity = "0..1", paramLabel = "SNAPSHOT|VOLUME")
  String from;

  @Parameters(index = "1..*", paramLabel = "VOLUME", description = "Only these of the snapshot")
  List<String> volumes = new ArrayList<>();

  @Option(names = "--restart", description = "Stops the containers that use them, and starts them again")
  boolean restart;

  VolumeRestoreCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    VolumeSnapshots snapshots = context.engine().snapshots();
    String name =
        from == null
            ? snapshots.lastOfProject(VolumeSnapshotCommand.project(context))
            : snapshots.lastWith(from);
    boolean ofVolume = from != null && !name.equals(from);
    List<String> wanted = ofVolume ? new ArrayList<>(List.of(from)) : volumes;
    if (ofVolume) {
      wanted.addAll(volumes);
    }
    try (ProgressView progress = ProgressView.of(context)) {
      for (String volume : snapshots.restore(name, wanted, restart, progress)) {
        progress.step("Volume", volume, io.jcompose.engine.Progress.Phase.DONE, "Restored", "from " + name);
      }
    }
    return 0;
  }
}

package io.jcompose.engine;

import io.jcompose.engine.copy.CopyException;
import io.jcompose.engine.copy.TreeArchive;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** The data of volumes as tar archives. */
public final class VolumeArchives {
  private final Volumes volumes;
  private final StoredVolumes stored;
  private final StoppedContainers stopped;

  VolumeArchives(Volumes volumes, StoredVolumes stored, StoppedContainers stopped) {
    this.volumes = volumes;
    this.stored = stored;
    this.stopped = stopped;
  }

  /** Writes what a volume holds, each file as it is when its turn comes. */
  public void write(String name, OutputStream out) {
    Volume volume =
        volumes.find(name).orElseThrow(() -> new EngineException("get " + name + ": no such volume"));
    try (Fd folder = Fs.open(volumes.source(volume).toString(), Fs.O_PATH | Fs.O_DIRECTORY, 0)) {
      TreeArchive.write(folder, out);
    } catch (CopyException e) {
      throw new EngineException("volume " + name + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Gives a volume what an archive holds, in place of what it has; one that is not there is made. An archive that is
   * damaged changes nothing.
   *
   * @param restart stops the containers that use it, and starts them again; else none may run
   */
  public void read(String name, InputStream in, boolean restart, Progress progress) {
    Volume volume =
        volumes
            .find(name)
            .orElseGet(
                () -> new Volume(name, Map.of(), Map.of(), "", "", Map.of(), false, System.currentTimeMillis()));
    try {
      stopped.whileStopped(
          List.of(volume),
          () -> stored.users(name),
          restart,
          progress,
          () -> volumes.replace(Map.of(volume, folder -> TreeArchive.read(in, folder))));
    } catch (CopyException e) {
      throw new EngineException("volume " + name + ": " + e.getMessage(), e);
    }
  }
}

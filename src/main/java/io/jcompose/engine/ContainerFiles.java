package io.jcompose.engine;

import io.jcompose.container.ContainerSpec;
import io.jcompose.engine.copy.CopyException;
import io.jcompose.engine.copy.LayerChanges;
import io.jcompose.engine.copy.TreeCopy;
import io.jcompose.engine.copy.TreeSync;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The files of containers, running or not: copied out and in. */
public final class ContainerFiles {
  private final Units units;
  private final Starter starter;

  ContainerFiles(Units units, Starter starter) {
    this.units = units;
    this.starter = starter;
  }

  /**
   * Copies out of a container, as {@code cp -r} would.
   *
   * @param directory where a relative {@code destination} begins
   * @return bytes of all files
   */
  public long toHost(String name, String source, Path directory, String destination, TreeCopy.Options options) {
    return within(name, options, copy -> copy.toHost(source, directory, destination));
  }

  /** Copies into a container; returns the bytes of all files. */
  public long fromHost(String name, Path directory, String source, String destination, TreeCopy.Options options) {
    return within(name, options, copy -> copy.fromHost(directory, source, destination));
  }

  /** What a container has made of its image's files, by path. */
  public List<LayerChanges.Change> diff(String name) {
    ContainerSpec spec = units.find(name).record().spec();
    return LayerChanges.of(starter.runtime().folder(spec).resolve("upper"), spec.root().layers());
  }

  /** Writes a tar archive of a file or directory of a container. */
  public void toTar(String name, String source, OutputStream out, TreeCopy.Options options) {
    within(
        name,
        options,
        copy -> {
          copy.toTar(source, out);
          return 0L;
        });
  }

  /** Unpacks a tar archive in a directory of a container. */
  public void fromTar(String name, InputStream in, String destination, TreeCopy.Options options) {
    within(
        name,
        options,
        copy -> {
          copy.fromTar(in, destination);
          return 0L;
        });
  }

  /**
   * Brings single files to the state that they have on the host.
   *
   * @param removed absolute paths in the container, what is in a folder before it
   * @param written files of the host by such paths
   */
  public void sync(String name, List<String> removed, Map<String, Path> written) {
    within(
        units.find(name),
        root -> {
          TreeSync sync = new TreeSync(root);
          sync.remove(removed);
          return sync.write(written);
        });
  }

  private long within(String name, TreeCopy.Options options, Function<TreeCopy, Long> work) {
    Unit unit = units.find(name);
    return within(unit, root -> work.apply(new TreeCopy(root, unit.record().name(), options)));
  }

  private long within(Unit unit, Function<Fd, Long> work) {
    try {
      return withRoot(unit, work);
    } catch (CopyException e) {
      if (e.getCause() instanceof LinuxException cause && cause.is(Errno.EROFS)) {
        throw new EngineException("container rootfs is marked read-only", e);
      }
      throw new EngineException(e.getMessage(), e);
    } catch (LinuxException e) {
      throw new EngineException("copying with container " + unit.record().name() + ": " + e.getMessage(), e);
    }
  }

  /** Runs {@code work} with its root as it is now; one that does not run can't be started meanwhile. */
  private long withRoot(Unit unit, Function<Fd, Long> work) {
    Optional<Fd> root =
        unit.status().state().hasProcess()
            ? unit.live().flatMap(live -> starter.runtime().rootIfRunning(live.keeper()))
            : Optional.empty(); // one that is about to start has a root without its mounts
    if (root.isPresent()) {
      try (Fd fd = root.get()) {
        return work.apply(fd);
      }
    }
    unit.operation().lock();
    try {
      if (unit.status().state().hasProcess()) {
        return withRoot(unit, work);
      }
      try (Fd fd = starter.stoppedRoot(unit.record())) {
        return work.apply(fd);
      }
    } finally {
      unit.operation().unlock();
    }
  }
}

package io.jcompose.container;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.TopDirectory;
import io.jcompose.linux.Trees;
import io.jcompose.linux.UnixSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** The keepers of a run folder: {@code $JCOMPOSE_RUN/c/<12 hex>/{keeper.sock,exit.<run>}}. */
public final class Keepers {
  private static final int BACKLOG = 16;

  private final Path folder;
  private final KeeperSpawner spawner;
  private final KeeperLoop loop;

  /** @param run $JCOMPOSE_RUN */
  public Keepers(Path run, KeeperSpawner spawner, KeeperLoop loop) {
    this.folder = run.resolve("c");
    this.spawner = spawner;
    this.loop = loop;
  }

  /** The run folder of the container. */
  public Path folder(ContainerSpec spec) {
    return folder.resolve(spec.shortId());
  }

  /** Makes the container's run folder and a keeper in it, and connects. */
  public Keeper create(ContainerSpec spec) {
    Path own = folder(spec);
    Path path = own.resolve("keeper.sock");
    try {
      var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      if (!Files.exists(folder)) {
        Files.createDirectories(folder, mode);
        TopDirectory.mark(folder);
      }
      Files.createDirectories(own, mode);
      Files.deleteIfExists(path);
      Fault.point("keeper.folder.made");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the run folder " + own + " of container " + spec.name() + " cannot be made", e);
    }
    try {
      spawn(spec, path);
      Fault.point("keeper.spawned");
      return Keeper.connect(path, loop);
    } catch (LinuxException e) {
      abandon(spec, e);
      throw e.is(Errno.ECONNREFUSED) ? new KeeperGoneException() : e;
    } catch (RuntimeException e) {
      abandon(spec, e);
      throw e;
    }
  }

  /** Afterwards the socket is the keeper's alone: while it were open here, one that is dead could be connected to. */
  private void spawn(ContainerSpec spec, Path path) {
    try (UnixSocket listening = UnixSocket.listen(path.toString(), UnixSocket.SEQPACKET, BACKLOG)) {
      Fault.point("keeper.socket.bound");
      spawner.spawn(spec.name(), listening.fd());
    }
  }

  /** Ends a keeper, if there is one, that nobody will ever ask for anything. */
  private void abandon(ContainerSpec spec, RuntimeException cause) {
    Teardown.after(cause, () -> adopt(spec).ifPresent(Keeper::end), () -> remove(spec));
  }

  /** Connects to a keeper that an earlier engine made; empty when it is gone. */
  public Optional<Keeper> adopt(ContainerSpec spec) {
    return adopt(spec.shortId());
  }

  /** As {@link #adopt(ContainerSpec)}, of a container that is known by its short id only. */
  public Optional<Keeper> adopt(String shortId) {
    try {
      return Optional.of(Keeper.connect(folder.resolve(shortId).resolve("keeper.sock"), loop));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    } catch (KeeperGoneException e) {
      return Optional.empty();
    }
  }

  /** What a keeper that is gone has written about the end of {@code run}; empty when it wrote nothing. */
  public Optional<Exit> readExit(ContainerSpec spec, int run) {
    Path file = folder(spec).resolve("exit." + run);
    try {
      String[] words = Files.readString(file).strip().split(" ");
      return Optional.of(Exit.of(0, run, Integer.parseInt(words[0]), Long.parseLong(words[1])));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalStateException(file + " does not hold a status and a time", e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /** The short ids that have a run folder. */
  public List<String> containers() {
    try (var stream = Files.list(folder)) {
      return stream.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed", e);
    }
  }

  /** Removes the container's run folder; its keeper must have ended. */
  public void remove(ContainerSpec spec) {
    remove(spec.shortId());
  }

  /** As {@link #remove(ContainerSpec)}, of a container that is known by its short id only. */
  public void remove(String shortId) {
    Trees.delete(folder.resolve(shortId));
    Fault.point("keeper.folder.removed");
  }
}

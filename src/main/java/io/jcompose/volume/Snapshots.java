package io.jcompose.volume;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.SafeFile;
import io.jcompose.linux.TreeCopy;
import io.jcompose.linux.TreeSize;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Snapshots below one folder: {@code <name>/meta.json} and {@code <name>/data/<volume>}. One is made aside and gets its
 * name when it is whole and on the disk; so half of one is never seen. They outlive their volumes. Thread-safe.
 */
public final class Snapshots {
  private static final System.Logger LOG = System.getLogger("snapshots");
  private static final String ASIDE = ".aside-";
  private static final String META = "meta.json";
  private static final String DATA = "data";
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private final Path folder;
  private final Volumes volumes;

  /**
   * @param folder made if missing, for root alone
   */
  public Snapshots(Path folder, Volumes volumes) {
    this.folder = folder;
    this.volumes = volumes;
    try {
      directory(folder);
    } catch (IOException e) {
      throw new VolumeException("cannot make the folder " + folder + ": " + e.getMessage(), e);
    }
    for (Path entry : entries()) {
      if (entry.getFileName().toString().startsWith(ASIDE)) {
        try {
          Trees.delete(entry);
        } catch (LinuxException e) {
          LOG.log(System.Logger.Level.WARNING, "half a snapshot stays behind", e);
        }
      }
    }
  }

  private static Path directory(Path path) throws IOException {
    return Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private List<Path> entries() {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(entries::add);
      return entries;
    } catch (IOException e) {
      throw new VolumeException("cannot list the snapshots in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Copies what {@code snapshot}'s volumes hold now. Whoever writes to them should be held. */
  public void take(Snapshot snapshot) {
    Volumes.checkName(snapshot.name());
    checkNew(snapshot.name());
    Path aside = folder.resolve(ASIDE + UUID.randomUUID());
    try (Fd parent = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Path data = directory(aside.resolve(DATA));
      for (Volume volume : snapshot.volumes()) {
        copy(volumes.source(volume), data.resolve(volume.name()));
        Fault.point("snapshot.volume.copied");
      }
      SafeFile.replace(aside.resolve(META), MAPPER.writeValueAsBytes(snapshot), true);
      Fs.syncfs(parent);
      Fault.point("snapshot.written");
      complete(aside, snapshot.name());
      Fs.fsync(parent);
    } catch (IOException | UncheckedIOException | LinuxException e) {
      throw new VolumeException("snapshot " + snapshot.name() + " cannot be made: " + e.getMessage(), e);
    } finally {
      Trees.delete(aside);
    }
  }

  private static void copy(Path from, Path to) {
    try (Fd source = Fs.open(from.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.mkdir(null, to.toString().getBytes(StandardCharsets.UTF_8), 0700);
      try (Fd target = Fs.open(to.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
        copy(source, target);
      }
    }
  }

  private static void copy(Fd from, Fd to) {
    TreeCopy.contents(from, to, attribute -> true);
    TreeCopy.attributes(from, to, attribute -> true);
  }

  private synchronized void complete(Path aside, String name) throws IOException {
    checkNew(name);
    Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void checkNew(String name) {
    if (Files.exists(folder.resolve(name))) {
      throw new VolumeException("there is a snapshot \"" + name + "\" already");
    }
  }

  public Optional<Snapshot> find(String name) {
    return Volumes.isName(name)
        ? SafeFile.read(folder.resolve(name).resolve(META), content -> parse(name, content))
        : Optional.empty();
  }

  private static Snapshot parse(String name, byte[] content) throws IOException {
    Snapshot read = MAPPER.readValue(content, Snapshot.class);
    if (read == null || !name.equals(read.name())) {
      throw new IOException("it describes another snapshot");
    }
    return read;
  }

  /** All of them, the oldest first. */
  public List<Snapshot> list() {
    List<Snapshot> all = new ArrayList<>();
    entries().forEach(entry -> find(entry.getFileName().toString()).ifPresent(all::add));
    all.sort(Comparator.comparingLong(Snapshot::created).thenComparing(Snapshot::name));
    return all;
  }

  /** Bytes on the disk, also of blocks that it shares with its volumes. */
  public long size(Snapshot snapshot) {
    return TreeSize.of(folder.resolve(snapshot.name()).resolve(DATA));
  }

  public void remove(String name) {
    Volumes.checkName(name);
    Path gone = folder.resolve(ASIDE + UUID.randomUUID());
    try {
      Files.move(folder.resolve(name), gone, StandardCopyOption.ATOMIC_MOVE);
      Trees.delete(gone);
    } catch (IOException | LinuxException e) {
      throw new VolumeException("snapshot " + name + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** The data of {@code volume} in {@code snapshot}, for {@link Volumes#replace} and {@link Volumes#create}. */
  public Volumes.Content content(Snapshot snapshot, String volume) {
    return copyOf(folder.resolve(snapshot.name()).resolve(DATA).resolve(volume));
  }

  /** What {@code volume} holds when it is asked for. */
  public Volumes.Content content(Volume volume) {
    return copyOf(volumes.source(volume));
  }

  /** What the folder {@code from} holds when it is asked for. */
  public static Volumes.Content copyOf(Path from) {
    return to -> {
      try (Fd source = Fs.open(from.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
        copy(source, to);
      }
    };
  }
}

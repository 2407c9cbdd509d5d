package io.jcompose.volume;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.SafeFile;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The volumes below one folder: {@code <name>/_data} and {@code <name>/meta.json}. Thread-safe. */
public final class Volumes {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");
  private static final String DATA = "_data";
  private static final String META = "meta.json";
  private static final String REMOVING = ".removing-";
  private static final String ASIDE = ".aside-";
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final System.Logger LOG = System.getLogger("volume");
  private final Path folder;
  private final Replacements replacements;

  /** Writes a volume's data into its empty folder, and gives that its owner and mode. */
  @FunctionalInterface
  public interface Content {
    void write(Fd folder);
  }

  /**
   * @param folder made if missing, for root alone
   */
  public Volumes(Path folder) {
    this.folder = folder;
    directory(folder, "rwx------");
    replacements = new Replacements(folder);
    try {
      replacements.finish();
    } catch (IOException e) {
      throw new VolumeException("a restore that was cut off cannot be finished: " + e.getMessage(), e);
    }
    removeUnfinished();
  }

  /** What a process that died has left: volumes not yet made, and volumes being removed. */
  private void removeUnfinished() {
    for (Path home : homes()) {
      if (home.getFileName().toString().startsWith(Replacements.OLD)) {
        // With nothing written down about it, it may be the only copy of somebody's data.
        LOG.log(System.Logger.Level.WARNING, "{0} holds what a volume held before a restore; remove it by hand", home);
        continue;
      }
      boolean hidden = home.getFileName().toString().startsWith(".");
      if (hidden || !Files.isDirectory(home.resolve(DATA))) {
        try {
          Trees.delete(home);
        } catch (LinuxException e) {
          // No reason not to start; the next engine tries again.
          LOG.log(System.Logger.Level.WARNING, "what is left of a volume stays behind", e);
        }
      }
    }
  }

  private List<Path> homes() {
    List<Path> homes = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(homes::add);
      return homes;
    } catch (IOException e) {
      throw new VolumeException("cannot list the volumes in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Makes the volume, empty; one of that name that is there already is kept as it is. */
  public synchronized Volume create(Volume volume) {
    checkName(volume.name());
    checkOptions(volume);
    Optional<Volume> existing = find(volume.name());
    if (existing.isPresent()) {
      return existing.get();
    }
    Path home = folder.resolve(volume.name());
    directory(home, "rwx------");
    Fault.point("volume.folder.made");
    writeMeta(home, volume);
    Fault.point("volume.described");
    // Last: a folder with data in it is a volume.
    directory(home.resolve(DATA), "rwxr-xr-x");
    Fault.point("volume.created");
    return volume;
  }

  /**
   * Makes volumes with data, and gives those that are there already other data: all of them, or none. What was there
   * goes; no container may use it.
   */
  public void replace(Map<Volume, Content> contents) {
    List<Replacements.Move> moves = new ArrayList<>();
    try {
      contents.forEach((volume, content) -> moves.add(prepare(volume, content)));
      synchronized (this) {
        for (Volume volume : contents.keySet()) {
          Path home = folder.resolve(volume.name());
          if (Files.exists(home)) {
            checkNothingMountedBelow(volume.name(), home, "replaced");
          }
        }
        replacements.carryOut(moves);
      }
    } catch (IOException | UncheckedIOException | LinuxException e) {
      throw new VolumeException(
          "the data of " + contents.keySet().stream().map(Volume::name).sorted().collect(Collectors.joining(", "))
              + " cannot be written: " + e.getMessage(),
          e);
    } finally {
      if (!unfinished()) {
        moves.forEach(move -> Trees.delete(folder.resolve(move.aside().getName(0))));
      }
    }
  }

  private synchronized boolean unfinished() {
    return replacements.pending();
  }

  /** Makes, aside, the data of a volume that is there, and otherwise the whole volume. */
  private Replacements.Move prepare(Volume volume, Content content) {
    checkName(volume.name());
    Path aside = folder.resolve(ASIDE + UUID.randomUUID());
    directory(aside, "rwx------");
    Optional<Volume> there = find(volume.name());
    if (there.map(this::backing).filter(b -> !(b instanceof Backing.Own)).isPresent()) {
      Trees.delete(aside);
      throw new VolumeException(
          "volume " + volume.name() + " is no folder of the engine's own, and so its data are not replaced");
    }
    if (there.isEmpty()) {
      writeMeta(aside, volume);
    }
    directory(aside.resolve(DATA), "rwx------");
    try (Fd data = Fs.open(aside.resolve(DATA).toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      content.write(data);
      Fs.syncfs(data);
    } catch (RuntimeException e) {
      Trees.delete(aside);
      throw e;
    }
    Path name = Path.of(volume.name());
    return there.isEmpty()
        ? new Replacements.Move(aside.getFileName(), name)
        : new Replacements.Move(aside.getFileName().resolve(DATA), name.resolve(DATA));
  }

  /** The folder that its data are in. Throws when there is none. */
  public Path source(Volume volume) {
    return switch (backing(volume)) {
      case Backing.Own own -> own.path();
      case Backing.HostFolder host -> host.path();
      case Backing.FileSystem fs ->
          throw new VolumeException(
              "volume " + volume.name() + " is a file system of type " + fs.type()
                  + " that is mounted only while a container uses it; it can't be copied");
    };
  }

  public synchronized Optional<Volume> find(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    Path home = folder.resolve(name);
    if (!Files.isDirectory(home.resolve(DATA))) {
      return Optional.empty();
    }
    // The data is what counts: a volume whose description is unreadable is still a volume.
    return Optional.of(
        SafeFile.read(home.resolve(META), content -> parse(name, content))
            .orElseGet(() -> new Volume(name, Map.of(), Map.of(), "", "", Map.of(), false, 0)));
  }

  private static Volume parse(String name, byte[] content) throws IOException {
    Volume read = MAPPER.readValue(content, Volume.class);
    if (read == null || !name.equals(read.name())) {
      throw new IOException("it describes another volume");
    }
    return read;
  }

  public synchronized List<Volume> list() {
    List<Volume> all = new ArrayList<>();
    for (Path home : homes()) {
      find(home.getFileName().toString()).ifPresent(all::add);
    }
    all.sort(java.util.Comparator.comparing(Volume::name));
    return all;
  }

  /** What lies behind the volume. */
  public Backing backing(Volume volume) {
    return Backing.of(volume, folder(volume));
  }

  /** The volume's own folder for data, empty where its options name another one. */
  public Path folder(Volume volume) {
    return folder.resolve(volume.name()).resolve(DATA);
  }

  /** Nobody else looks for it while this engine lives, so it is tried once more. */
  private static void deleteHidden(Path gone) {
    try {
      Fault.point("volume.hidden");
      Trees.delete(gone);
    } catch (RuntimeException e) {
      Trees.delete(gone);
      throw e;
    }
  }

  /** Removes the volume with all its data; a folder of the host behind it is left alone. */
  public synchronized void remove(String name) {
    checkName(name);
    Path home = folder.resolve(name);
    try {
      // First out of sight: what is left of it, should we die, must never be taken for its data.
      Path gone = folder.resolve(REMOVING + UUID.randomUUID());
      if (Files.exists(home)) {
        checkNothingMountedBelow(name, home, "removed");
        Files.move(home, gone, StandardCopyOption.ATOMIC_MOVE);
        deleteHidden(gone);
        Fault.point("volume.removed");
      }
    } catch (IOException | LinuxException e) {
      throw new VolumeException("volume " + name + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** What somebody has mounted there isn't ours to empty. */
  private static void checkNothingMountedBelow(String name, Path home, String done) throws IOException {
    Path real = home.toRealPath();
    for (String line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"))) {
      Path point = Path.of(line.split(" ")[4].replace("\\040", " "));
      if (point.startsWith(real)) {
        throw new VolumeException(
            "volume " + name + " cannot be " + done + ": something is mounted on " + point + "; unmount it first");
      }
    }
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new VolumeException(
          "\"" + name + "\" is no name for a volume: letters, digits, and _ . - after the first");
    }
  }

  private void checkOptions(Volume volume) {
    if (backing(volume) instanceof Backing.HostFolder host && !Files.isDirectory(host.path())) {
      throw new VolumeException("volume " + volume.name() + ": device " + host.path() + " is no folder");
    }
  }

  private static void directory(Path path, String permissions) {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new VolumeException("cannot make the folder " + path + ": " + e.getMessage(), e);
    }
  }

  private static void writeMeta(Path home, Volume volume) {
    try {
      SafeFile.replace(home.resolve(META), MAPPER.writeValueAsBytes(volume), true);
    } catch (IOException | UncheckedIOException e) {
      throw new VolumeException("cannot describe volume " + volume.name() + ": " + e.getMessage(), e);
    }
  }
}

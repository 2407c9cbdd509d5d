package io.jcompose.volume;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.fault.Fault;
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

/** The volumes below one folder: {@code <name>/_data} and {@code <name>/meta.json}. Thread-safe. */
public final class Volumes {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");
  private static final String DATA = "_data";
  private static final String META = "meta.json";
  private static final String REMOVING = ".removing-";
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final System.Logger LOG = System.getLogger("volume");
  private final Path folder;

  /**
   * @param folder made if missing, for root alone
   */
  public Volumes(Path folder) {
    this.folder = folder;
    directory(folder, "rwx------");
    removeUnfinished();
  }

  /** What a process that died has left: volumes not yet made, and volumes being removed. */
  private void removeUnfinished() {
    for (Path home : homes()) {
      boolean removing = home.getFileName().toString().startsWith(REMOVING);
      if (removing || !Files.isDirectory(home.resolve(DATA))) {
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

  /** Removes the volume with all its data; a folder of the host behind it is left alone. */
  public synchronized void remove(String name) {
    checkName(name);
    Path home = folder.resolve(name);
    try {
      // First out of sight: what is left of it, should we die, must never be taken for its data.
      Path gone = folder.resolve(REMOVING + UUID.randomUUID());
      if (Files.exists(home)) {
        checkNothingMountedBelow(name, home);
        Files.move(home, gone, StandardCopyOption.ATOMIC_MOVE);
        Fault.point("volume.hidden");
        Trees.delete(gone);
        Fault.point("volume.removed");
      }
    } catch (IOException | LinuxException e) {
      throw new VolumeException("volume " + name + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** What somebody has mounted there isn't ours to empty. */
  private static void checkNothingMountedBelow(String name, Path home) throws IOException {
    Path real = home.toRealPath();
    for (String line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"))) {
      Path point = Path.of(line.split(" ")[4].replace("\\040", " "));
      if (point.startsWith(real)) {
        throw new VolumeException(
            "volume " + name + " cannot be removed: something is mounted on " + point + "; unmount it first");
      }
    }
  }

  private static void checkName(String name) {
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

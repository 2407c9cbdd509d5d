package io.jcompose.engine;

import io.jcompose.container.Keeper;
import io.jcompose.container.Mount;
import io.jcompose.container.VolumeNamespace;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.linux.Fd;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file systems of volumes that are mounted while a container uses them (a tmpfs, an NFS export). The first
 * container's start mounts, and each keeper holds a descriptor: with the last one it is unmounted.
 */
final class VolumeFileSystems {
  private static final Pattern ADDRESS = Pattern.compile("(^|,)addr=([^,]+)");
  private final Map<String, Object> turns = new ConcurrentHashMap<>();
  private volatile Supplier<Collection<Unit>> units = List::of;

  /** Where else a volume may be mounted already. */
  void units(Supplier<Collection<Unit>> all) {
    units = all;
  }

  /**
   * Those that a start needs, by the volume's name; the caller closes them.
   *
   * @param place an existing folder to work on
   */
  Map<String, Fd> take(ContainerRecord record, Keeper keeper, Path place) {
    Map<String, Fd> taken = new HashMap<>();
    try {
      for (Mount mount : record.spec().mounts()) {
        if (mount instanceof Mount.Volume volume
            && !volume.fileSystem().equals(Mount.FileSystem.NONE)
            && !taken.containsKey(volume.name())) {
          taken.put(volume.name(), inTurn(volume, () -> take(volume, keeper, place)));
        }
      }
      return taken;
    } catch (RuntimeException e) {
      taken.values().forEach(Fd::close);
      throw e;
    }
  }

  /** Those that a container has that does not run; nobody keeps what was mounted for it. */
  Map<String, Fd> take(ContainerRecord record, Path place) {
    Map<String, Fd> taken = new HashMap<>();
    try {
      for (Mount mount : record.spec().mounts()) {
        if (mount instanceof Mount.Volume volume && !volume.fileSystem().equals(Mount.FileSystem.NONE)) {
          taken.computeIfAbsent(volume.name(), name -> inTurn(volume, () -> mounted(volume, place)));
        }
      }
      return taken;
    } catch (RuntimeException e) {
      taken.values().forEach(Fd::close);
      throw e;
    }
  }

  /** One at a time for a volume; a server that doesn't answer holds up nobody else's. */
  private Fd inTurn(Mount.Volume volume, Supplier<Fd> work) {
    synchronized (turns.computeIfAbsent(volume.name(), name -> new Object())) {
      return work.get();
    }
  }

  private Fd mounted(Mount.Volume volume, Path place) {
    return mounted(key(volume.name()))
        .orElseGet(() -> VolumeNamespace.mount(volume.name(), resolved(volume), place));
  }

  private Fd take(Mount.Volume volume, Keeper keeper, Path place) {
    String key = key(volume.name());
    Optional<Fd> own = keeper.get(key);
    if (own.isPresent()) {
      return own.get();
    }
    Fd namespace = mounted(volume, place);
    keeper.put(key, namespace);
    return namespace;
  }

  private Optional<Fd> mounted(String key) {
    return units.get().stream()
        .flatMap(unit -> unit.live().stream())
        .flatMap(live -> live.kept(key).stream())
        .findFirst();
  }

  /** The kernel wants a number where people write a server's name. */
  private static Mount.FileSystem resolved(Mount.Volume volume) {
    Mount.FileSystem wanted = volume.fileSystem();
    Matcher address = ADDRESS.matcher(wanted.options());
    if (!address.find()) {
      return wanted;
    }
    try {
      String number = InetAddress.getByName(address.group(2)).getHostAddress();
      String options = address.replaceFirst(address.group(1) + "addr=" + number);
      return new Mount.FileSystem(wanted.type(), wanted.device(), options);
    } catch (UnknownHostException e) {
      throw new EngineException(
          "volume " + volume.name() + ": the server " + address.group(2) + " of addr= is unknown here", e);
    }
  }

  /** A keeper's keys are short, a volume's name may be long. */
  private static String key(String volume) {
    return "volume-" + UUID.nameUUIDFromBytes(volume.getBytes(StandardCharsets.UTF_8));
  }
}

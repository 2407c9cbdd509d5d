package io.jcompose.engine;

import io.jcompose.linux.TreeSize;
import io.jcompose.volume.Backing;
import io.jcompose.volume.Volume;
import io.jcompose.volume.VolumeException;
import io.jcompose.volume.Volumes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The verbs over volumes, and who uses each. */
public final class StoredVolumes {
  private final Volumes volumes;
  private final Units units;

  StoredVolumes(Volumes volumes, Units units) {
    this.volumes = volumes;
    this.units = units;
  }

  /** What a prune has removed, and how many bytes that were on the disk. */
  public record Pruned(List<String> names, long bytes) {}

  /**
   * Makes a volume; one of that name and those options that is there already is kept.
   *
   * @param name empty: it gets a random one, and counts as anonymous
   * @return its name
   */
  public String create(String name, String driver, Map<String, String> labels, Map<String, String> options) {
    if (!driver.equals("local")) {
      throw new EngineException("there is no volume driver \"" + driver + "\"; the one there is is \"local\"");
    }
    Optional<Volume> existing = volumes.find(name);
    if (existing.isPresent() && !existing.get().options().equals(options) && !options.isEmpty()) {
      throw new EngineException(
          "volume " + name + " is there already, with other options: " + existing.get().options());
    }
    boolean anonymous = name.isEmpty();
    return volumes
        .create(
            new Volume(
                anonymous ? RandomId.next() : name, options, labels, "", "", Map.of(), anonymous,
                System.currentTimeMillis()))
        .name();
  }

  public List<VolumeView> list() {
    return volumes.list().stream().map(this::view).toList();
  }

  public Optional<VolumeView> find(String name) {
    return volumes.find(name).map(this::view);
  }

  private VolumeView view(Volume volume) {
    return new VolumeView(
        volume.name(),
        folder(volume).toString(),
        volume.labels(),
        volume.options(),
        volume.anonymous(),
        volume.project(),
        volume.created(),
        users(volume.name()).stream().map(u -> u.record().name()).toList());
  }

  /** Where its files are on the host; of one with a file system of its own nothing is seen there. */
  private Path folder(Volume volume) {
    return switch (volumes.backing(volume)) {
      case Backing.Own own -> own.path();
      case Backing.HostFolder host -> host.path();
      case Backing.FileSystem _ -> volumes.folder(volume);
    };
  }

  /** The containers, running or not, that have the volume mounted. */
  List<Unit> users(String name) {
    return units.all().stream()
        .filter(u -> u.record().volumes().values().stream().anyMatch(v -> v.name().equals(name)))
        .toList();
  }

  /** Names of the volumes that containers of these services of a project have mounted. */
  public Set<String> usedBy(String project, Collection<String> services) {
    return units.ofProject(project).stream()
        .filter(u -> services.contains(u.record().service()))
        .flatMap(u -> u.record().volumes().values().stream())
        .map(v -> v.name())
        .collect(Collectors.toSet());
  }

  /** What the volume's files take on the disk, in bytes. */
  public long size(VolumeView volume) {
    return TreeSize.of(Path.of(volume.folder()));
  }

  /** Removes a volume that no container has. */
  public void remove(String name, boolean ignoreMissing) {
    Optional<Volume> volume = volumes.find(name);
    if (volume.isEmpty()) {
      if (ignoreMissing) {
        return;
      }
      throw new EngineException("there is no volume \"" + name + "\"; \"jcompose volume ls\" lists them");
    }
    List<Unit> users = users(name);
    if (!users.isEmpty()) {
      String of = String.join(", ", users.stream().map(u -> u.record().name()).toList());
      throw new EngineException("volume " + name + " is in use by " + of + "; remove what uses it first");
    }
    try {
      volumes.remove(name);
    } catch (VolumeException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** Removes the volumes that no container has and that are {@code wanted}. */
  public Pruned prune(Predicate<VolumeView> wanted) {
    List<String> names = new ArrayList<>();
    long bytes = 0;
    for (VolumeView volume : list()) {
      if (volume.users().isEmpty() && wanted.test(volume)) {
        bytes += volume.options().isEmpty() ? size(volume) : 0;
        remove(volume.name(), true);
        names.add(volume.name());
      }
    }
    return new Pruned(names, bytes);
  }
}

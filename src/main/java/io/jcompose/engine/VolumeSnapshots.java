package io.jcompose.engine;

import io.jcompose.volume.Backing;
import io.jcompose.volume.Snapshot;
import io.jcompose.volume.Snapshots;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Snapshots of volumes at one point in time, and what is made of them. */
public final class VolumeSnapshots {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String LABELS_OF_COMPOSE = "com.docker.compose.";
  private final Volumes volumes;
  private final Snapshots snapshots;
  private final Units units;
  private final HeldContainers held;
  private final StoppedContainers stopped;

  VolumeSnapshots(
      Volumes volumes, Snapshots snapshots, Units units, HeldContainers held, StoppedContainers stopped) {
    this.volumes = volumes;
    this.snapshots = snapshots;
    this.units = units;
    this.held = held;
    this.stopped = stopped;
  }

  /** The names of the volumes that a project has made, anonymous ones left out: those belong to a container. */
  public List<String> ofProject(String project) {
    List<String> names =
        volumes.list().stream()
            .filter(v -> v.project().equals(project) && !v.anonymous())
            .map(Volume::name)
            .toList();
    if (names.isEmpty()) {
      throw new EngineException("project \"" + project + "\" has no volumes");
    }
    return names;
  }

  /**
   * Takes a snapshot of volumes at one point in time: containers that have one of them are held meanwhile.
   *
   * @param name empty: made of the project's or the first volume's, and the time
   * @param project whose volumes these all are; empty: of no single one
   * @param hold whether containers are held
   * @return its name
   */
  public String take(String name, String project, List<String> names, boolean hold) {
    List<Volume> wanted = names.stream().distinct().map(this::volume).toList();
    long now = System.currentTimeMillis();
    String called = name.isEmpty() ? freeName(project.isEmpty() ? names.getFirst() : project, now) : name;
    Snapshot snapshot = new Snapshot(called, project, now, wanted);
    if (hold) {
      held.whileHeld(users(names), () -> {
        snapshots.take(snapshot);
        return called;
      });
    } else {
      snapshots.take(snapshot);
    }
    return called;
  }

  /** Whether the volume's data would go with it: they are neither the host's own folder nor a file system's. */
  boolean copyable(String name) {
    return volumes.backing(volume(name)) instanceof Backing.Own;
  }

  private String freeName(String of, long now) {
    String name = of + "-" + STAMP.format(Instant.ofEpochMilli(now));
    String free = name;
    for (int i = 2; snapshots.find(free).isPresent(); i++) {
      free = name + "-" + i;
    }
    return free;
  }

  private Volume volume(String name) {
    return volumes
        .find(name)
        .orElseThrow(
            () -> new EngineException("there is no volume \"" + name + "\"; \"jcompose volume ls\" lists them"));
  }

  private List<Unit> users(List<String> names) {
    return units.all().stream()
        .filter(u -> u.record().volumes().values().stream().anyMatch(v -> names.contains(v.name())))
        .sorted(Comparator.comparing(u -> u.record().id()))
        .toList();
  }

  /** All of them, the oldest first; with {@code volumes}, those that have one of them. */
  public List<SnapshotView> list(List<String> volumes) {
    return snapshots.list().stream()
        .filter(s -> volumes.isEmpty() || volumes.stream().anyMatch(s::has))
        .map(VolumeSnapshots::view)
        .toList();
  }

  private static SnapshotView view(Snapshot snapshot) {
    return new SnapshotView(
        snapshot.name(), snapshot.project(), snapshot.created(), snapshot.volumes().stream().map(Volume::name).toList());
  }

  /** Bytes that it takes on the disk, blocks shared with its volumes included. */
  public long size(SnapshotView snapshot) {
    return snapshots.size(find(snapshot.name()));
  }

  private Snapshot find(String name) {
    return snapshots
        .find(name)
        .orElseThrow(
            () ->
                new EngineException(
                    "there is no snapshot \"" + name + "\"; \"jcompose volume snapshot ls\" lists them"));
  }

  /** The name of the last snapshot of a project as a whole. */
  public String lastOfProject(String project) {
    return last(s -> s.project().equals(project))
        .orElseThrow(() -> new EngineException("there is no snapshot of project \"" + project + "\""))
        .name();
  }

  /** The last snapshot that has the volume, or else the one of that name. */
  public String lastWith(String volumeOrSnapshot) {
    return snapshots.find(volumeOrSnapshot).isPresent()
        ? volumeOrSnapshot
        : last(s -> s.has(volumeOrSnapshot)).map(Snapshot::name).orElse(volumeOrSnapshot);
  }

  private Optional<Snapshot> last(java.util.function.Predicate<Snapshot> wanted) {
    return snapshots.list().stream().filter(wanted).reduce((earlier, later) -> later);
  }

  public void remove(String name) {
    snapshots.remove(find(name).name());
  }

  /**
   * Gives volumes what they held when the snapshot was taken, all of them or none; those that are gone are made again.
   *
   * @param names empty: all that the snapshot has
   * @param restart stops the containers that use them, and starts them again; else none may run
   * @return the names of the volumes
   */
  public List<String> restore(String name, List<String> names, boolean restart, Progress progress) {
    Snapshot snapshot = find(name);
    for (String volume : names) {
      if (!snapshot.has(volume)) {
        throw new EngineException("snapshot " + name + " has no volume \"" + volume + "\"");
      }
    }
    Map<Volume, Volumes.Content> contents = new LinkedHashMap<>();
    for (Volume volume : snapshot.volumes()) {
      if (names.isEmpty() || names.contains(volume.name())) {
        contents.put(volume, snapshots.content(snapshot, volume.name()));
      }
    }
    List<String> restored = contents.keySet().stream().map(Volume::name).toList();
    stopped.whileStopped(
        contents.keySet(), () -> users(restored), restart, progress, () -> volumes.replace(contents));
    return restored;
  }

  /**
   * Makes a volume that holds what another one does.
   *
   * @param snapshot the one whose data of {@code source} it gets; empty: what {@code source} holds now
   */
  public void copy(String source, String target, String snapshot) {
    Volume from = snapshot.isEmpty() ? volume(source) : described(find(snapshot), source);
    checkNew(target);
    Map<String, String> labels = new TreeMap<>(from.labels());
    labels.keySet().removeIf(key -> key.startsWith(LABELS_OF_COMPOSE));
    Volume copy = new Volume(target, Map.of(), labels, "", "", Map.of(), false, System.currentTimeMillis());
    copy(Map.of(from, copy), snapshot);
  }

  private static Volume described(Snapshot snapshot, String volume) {
    return snapshot.volumes().stream()
        .filter(v -> v.name().equals(volume))
        .findFirst()
        .orElseThrow(
            () -> new EngineException("snapshot " + snapshot.name() + " has no volume \"" + volume + "\""));
  }

  /**
   * Makes, for another project, volumes that hold what those of a project do, all at one point in time.
   *
   * @param snapshot of {@code project}; empty: what they hold now
   * @return the names of the new volumes
   */
  public List<String> copyProject(String project, String to, String snapshot) {
    List<Volume> sources =
        snapshot.isEmpty()
            ? ofProject(project).stream().map(this::volume).toList()
            : find(snapshot).volumes();
    Map<Volume, Volume> copies = new LinkedHashMap<>();
    for (Volume source : sources) {
      if (source.key().isEmpty()) {
        throw new EngineException("volume " + source.name() + " has no key in a Compose file, and so none in project " + to);
      }
      copies.put(source, ofProject(source, to));
    }
    copies.values().forEach(copy -> checkNew(copy.name()));
    copy(copies, snapshot);
    return copies.values().stream().map(Volume::name).toList();
  }

  private static Volume ofProject(Volume source, String project) {
    String name = project + "_" + source.key();
    Map<String, String> labels = new TreeMap<>(source.labels());
    labels.put(LABELS_OF_COMPOSE + "project", project);
    Map<String, String> config = new TreeMap<>(source.config());
    config.computeIfPresent("name", (key, old) -> old.replace(source.name(), name));
    return new Volume(
        name, Map.of(), labels, project, source.key(), config, false, System.currentTimeMillis());
  }

  private void checkNew(String name) {
    if (volumes.find(name).isPresent()) {
      throw new EngineException("there is a volume \"" + name + "\" already");
    }
  }

  private void copy(Map<Volume, Volume> copies, String snapshot) {
    Map<Volume, Volumes.Content> contents = new LinkedHashMap<>();
    if (!snapshot.isEmpty()) {
      Snapshot from = find(snapshot);
      copies.forEach((source, copy) -> contents.put(copy, snapshots.content(from, source.name())));
      volumes.replace(contents);
      return;
    }
    copies.forEach((source, copy) -> contents.put(copy, snapshots.content(source)));
    List<String> names = copies.keySet().stream().map(Volume::name).toList();
    Supplier<Boolean> work =
        () -> {
          volumes.replace(contents);
          return true;
        };
    held.whileHeld(users(names), work);
  }
}

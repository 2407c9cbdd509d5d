package io.jcompose.engine;

import io.jcompose.engine.log.LogWatcher;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.network.Networks;
import io.jcompose.plan.ContainerState;
import io.jcompose.linux.TreeSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The verbs over single containers. */
public final class Containers {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private final Units units;
  private final Networks networks;
  private final Execs execs;
  private final Starter starter;
  private final LogWatcher watcher;

  Containers(Units units, Networks networks, Execs execs, Starter starter, LogWatcher watcher) {
    this.units = units;
    this.networks = networks;
    this.execs = execs;
    this.starter = starter;
    this.watcher = watcher;
  }

  /** All projects that have containers, by name. */
  public List<ProjectView> projects() {
    return ProjectView.of(units);
  }

  /** The folder that is still there, and is not {@code directory}, where a container of the project was made. */
  public Optional<Path> otherDirectory(String project, Path directory) {
    return units.ofProject(project).stream()
        .map(u -> Path.of(u.record().projectDirectory()))
        .filter(made -> !made.equals(directory) && Files.isDirectory(made))
        .findFirst();
  }

  /** All containers, of projects and others. */
  public List<ContainerView> all() {
    return units.all().stream().map(this::view).toList();
  }

  /** The project's containers by name. */
  public List<ContainerView> list(String project) {
    return units.ofProject(project).stream().map(this::view).toList();
  }

  /** All containers of the engine, of whatever project or none, the newest first. */
  public List<ContainerView> list() {
    return units.all().stream()
        .map(this::view)
        .sorted(Comparator.comparingLong(ContainerView::created).reversed())
        .toList();
  }

  /** What a running container may and may not do, as the kernel has it. */
  public ConfinementReport probe(String name) {
    Unit unit = units.find(name);
    ContainerStatus status = unit.status();
    if (status.state() != ContainerState.RUNNING && status.state() != ContainerState.PAUSED) {
      throw new EngineException(
          "container " + unit.record().name() + " is not running; start it to see what it may do");
    }
    return ConfinementReport.of(unit.record(), status.pid());
  }

  /** Whether {@code name} is a container's name, id, or beginning of one's id. */
  public boolean exists(String name) {
    return units.all().stream().anyMatch(u -> u.record().name().equals(name) || u.record().id().startsWith(name));
  }

  /** The container with this name, id, or beginning of an id. */
  public ContainerView find(String name) {
    return view(units.find(name));
  }

  /** What a container has written into its own layer, in bytes. */
  public long size(String id) {
    ContainerRecord record = units.find(id).record();
    return TreeSize.of(starter.runtime().folder(record.spec()).resolve("upper"));
  }

  /** What a container has mounted: names of volumes, and all targets. */
  public List<String> mounts(String id) {
    ContainerRecord record = units.find(id).record();
    List<String> all = new ArrayList<>();
    record.volumes().values().forEach(volume -> all.add(volume.name()));
    record.spec().mounts().forEach(mount -> all.add(mount.target()));
    return all;
  }

  /** The image's id, which is what a container keeps when names of images move. */
  public String imageId(String id) {
    return units.find(id).record().imageId();
  }

  /** What a container is made of, step by step. */
  public String explain(String name) {
    return starter.explain(units.find(name));
  }

  /**
   * The processes of a running container.
   *
   * @param options for the host's {@code ps}; none: the columns of {@code ps -ef}
   */
  public ProcessTable top(String name, List<String> options) {
    Unit unit = units.find(name);
    if (unit.live().isEmpty()) {
      throw new EngineException("container " + unit.record().name() + " is not running");
    }
    List<Integer> pids = starter.runtime().processes(unit.record().spec());
    return options.isEmpty() ? ProcessTable.of(pids) : ProcessTable.of(pids, options);
  }

  /** Runs a command in a container; returns its exit code. */
  public int exec(ExecRequest request, Invocation invocation) {
    Unit unit = units.find(request.container());
    return execs.run(unit, request, invocation);
  }

  /**
   * Joins a caller to a running container until it ends, or the caller leaves.
   *
   * @return its exit code; 0 when it was left running
   */
  public int attach(String name, StreamOptions streams, Invocation invocation) {
    Unit unit = units.find(name);
    switch (unit.status().state()) {
      case RUNNING -> {}
      case PAUSED -> throw new EngineException("You cannot attach to a paused container, unpause it first");
      case RESTARTING ->
          throw new EngineException("You cannot attach to a restarting container, wait until it is running");
      default -> throw new EngineException("You cannot attach to a stopped container, start it first");
    }
    unit.publish(Event.Kind.ATTACH, Map.of());
    Optional<Integer> code = new Session(unit, streams, invocation, watcher).attend(() -> {});
    if (code.isEmpty()) {
      unit.publish(Event.Kind.DETACH, Map.of());
    }
    return code.orElse(0);
  }

  ContainerView view(Unit unit) {
    ContainerRecord record = unit.record();
    ContainerStatus status = unit.status();
    Map<String, String> addresses = new TreeMap<>();
    record
        .attachments()
        .forEach(
            a ->
                networks.endpoints().of(a.network()).stream()
                    .filter(e -> e.owner().equals(record.id()))
                    .findFirst()
                    .ifPresent(e -> addresses.put(a.name(), AddressText.of(e.address()))));
    return new ContainerView(
        record.id(),
        record.name(),
        record.image(),
        record.spec().process().argv(),
        record.project(),
        record.service(),
        record.number(),
        record.created(),
        status.state(),
        unit.health(),
        status.exitCode(),
        status.oomKilled(),
        status.started() / NANOS_PER_MILLI,
        status.finished() / NANOS_PER_MILLI,
        status.restarts(),
        status.pid(),
        ports(unit, record),
        status.error(),
        addresses,
        record.spec().labels(),
        record.volumes().values().stream().map(v -> v.name()).sorted().toList());
  }

  private static List<ContainerView.Published> ports(Unit unit, ContainerRecord record) {
    List<ContainerView.Published> all = new ArrayList<>();
    ContainerState state = unit.status().state();
    if (state != ContainerState.RUNNING && state != ContainerState.PAUSED) {
      return all;
    }
    Set<String> published = new LinkedHashSet<>();
    unit.live()
        .ifPresent(
            live ->
                live.publishedPorts()
                    .forEach(
                        p -> {
                          all.add(p);
                          published.add(p.containerPort() + "/" + p.protocol());
                        }));
    for (String exposed : record.exposed()) {
      int slash = exposed.indexOf('/');
      String range = slash < 0 ? exposed : exposed.substring(0, slash);
      if (!published.contains(exposed) && range.matches("\\d+")) {
        String protocol = slash < 0 ? "tcp" : exposed.substring(slash + 1);
        all.add(new ContainerView.Published("", 0, Integer.parseInt(range), protocol));
      }
    }
    return all;
  }
}

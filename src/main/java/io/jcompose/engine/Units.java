package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.StateStore;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** All containers of the engine. */
final class Units {
  private final Map<String, Unit> byId = new ConcurrentHashMap<>();
  /** Names that containers are being renamed to; guarded by this. */
  private final Set<String> promised = new HashSet<>();
  private final Starter starter;
  private final StateStore store;
  private final Events events;
  private final Timers timers;
  private Consumer<Unit> discard = unit -> unit.disposal().remove();

  Units(Starter starter, StateStore store, Events events, Timers timers) {
    this.starter = starter;
    this.store = store;
    this.events = events;
    this.timers = timers;
    events.listen(
        event -> {
          if (event.kind() == Event.Kind.DESTROY) {
            byId.remove(event.id());
          }
        });
  }

  /** How a container is removed that goes by itself when it has ended. */
  void discardWith(Consumer<Unit> how) {
    discard = how;
  }

  /** Fails when a container has this name, or is about to get it. */
  synchronized void requireFree(String name) {
    byName(name)
        .ifPresent(
            other -> {
              throw new EngineException(
                  "the container name \"" + name + "\" is in use by container "
                      + other.record().id().substring(0, 12)
                      + (other.record().project().isEmpty()
                          ? ""
                          : " of project \"" + other.record().project() + "\""));
            });
    if (promised.contains(name)) {
      throw new EngineException("another container is being renamed to \"" + name + "\"");
    }
  }

  /**
   * Creates a container of what {@code compile} makes of its id.
   *
   * @param made undoes, when it fails, what {@code compile} has made beside the record
   */
  Unit create(String name, Undo made, Function<String, ContainerRecord> compile) {
    requireFree(name);
    String id = RandomId.next();
    made.add(() -> starter.secrets().forget(id));
    try {
      return create(compile.apply(id));
    } catch (RuntimeException e) {
      made.run(e);
      throw e;
    }
  }

  /** Creates a container: its folder, its record and its leases; no process. */
  private synchronized Unit create(ContainerRecord record) {
    requireFree(record.name());
    try {
      starter.create(record);
      Fault.point("unit.leased");
      store.saveStatus(record.id(), ContainerStatus.CREATED);
      Fault.point("unit.status.saved");
      // Last: a folder with a record is a container.
      store.saveRecord(record);
      Fault.point("unit.created");
    } catch (RuntimeException e) {
      starter.forget(record);
      store.removeContainer(record.id());
      throw e;
    }
    Unit unit = restore(record, ContainerStatus.CREATED);
    unit.publish(Event.Kind.CREATE, Clock.wallNanos(), 0);
    return unit;
  }

  /** Gives a container another name, by which others find it from now on. */
  void rename(Unit unit, String name) {
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]+")) {
      throw new EngineException(
          "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    }
    if (unit.record().name().equals(name)) {
      throw new EngineException("Renaming a container with the same name as its current name");
    }
    promise(name);
    try {
      // Not under the monitor: its turn may come late, and others are created meanwhile.
      unit.amendments().rename(name);
    } finally {
      synchronized (this) {
        promised.remove(name);
      }
    }
  }

  private synchronized void promise(String name) {
    byName(name)
        .ifPresent(
            other -> {
              throw new EngineException(
                  "Conflict. The container name \"" + name + "\" is already in use by container \""
                      + other.record().id()
                      + "\". You have to remove (or rename) that container to be able to reuse that name.");
            });
    if (!promised.add(name)) {
      throw new EngineException("another container is being renamed to \"" + name + "\"");
    }
  }

  /** The places of containers in networks. */
  EndpointLeases leases() {
    return starter.leases();
  }

  Timers timers() {
    return timers;
  }

  /** A container that was created before this engine started. */
  Unit restore(ContainerRecord record, ContainerStatus status) {
    starter.cgroups().place(record.id(), record.spec().limits().parent());
    Unit unit = new Unit(record, status, starter, store, events, timers, u -> discard.accept(u));
    byId.put(record.id(), unit);
    return unit;
  }

  Collection<Unit> all() {
    return byId.values();
  }

  List<Unit> ofProject(String project) {
    return byId.values().stream()
        .filter(u -> u.record().project().equals(project))
        .sorted(Comparator.comparing(u -> u.record().name()))
        .toList();
  }

  List<Unit> ofService(String project, String service) {
    return ofProject(project).stream()
        .filter(u -> u.record().service().equals(service) && !u.record().oneOff())
        .sorted(Comparator.comparingInt(u -> u.record().number()))
        .toList();
  }

  Optional<Unit> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Unit> byName(String name) {
    return byId.values().stream().filter(u -> u.record().name().equals(name)).findFirst();
  }

  /** By name, id, or the beginning of an id. */
  Unit find(String text) {
    Optional<Unit> named = byName(text);
    if (named.isPresent()) {
      return named.get();
    }
    List<Unit> matching =
        byId.values().stream().filter(u -> u.record().id().startsWith(text)).toList();
    if (text.isEmpty() || matching.isEmpty()) {
      throw new EngineException(
          "No such container: " + text + " (\"jcompose container ps -a\" lists them)");
    }
    if (matching.size() > 1) {
      throw new EngineException(
          "\"" + text + "\" is the beginning of " + matching.size() + " container ids; give more of it");
    }
    return matching.getFirst();
  }

  long running() {
    return byId.values().stream().filter(u -> u.status().state() == ContainerState.RUNNING).count();
  }

  /** Whether any container runs, or will without anybody's help. */
  boolean anyActive() {
    return byId.values().stream().anyMatch(u -> u.status().state().active());
  }
}

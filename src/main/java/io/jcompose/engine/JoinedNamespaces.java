package io.jcompose.engine;

import io.jcompose.container.ProcessIdentity;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Descriptors of the namespaces that a container joins, for its start: pidfds of the verified first processes of
 * their owners, never what is opened by a number that may have become another's.
 */
final class JoinedNamespaces implements AutoCloseable {
  private final String name;
  private final Map<String, Fd> byKind = new HashMap<>();
  private final List<Fd> own = new ArrayList<>();

  private JoinedNamespaces(String name) {
    this.name = name;
  }

  /** Those of the container that {@code record} describes, whose owners {@code units} finds. */
  static JoinedNamespaces of(
      ContainerRecord record, Function<String, Optional<Unit>> units) {
    JoinedNamespaces joined = new JoinedNamespaces(record.name());
    try {
      record.spec().isolation().owners().forEach((kind, owner) -> joined.join(kind, owner, units.apply(owner)));
      return joined;
    } catch (RuntimeException e) {
      joined.close();
      throw e;
    }
  }

  private void join(String kind, String other, Optional<Unit> owner) {
    String called = owner.map(u -> u.record().name()).orElse(other);
    Unit unit = owner.filter(u -> u.live().isPresent()).orElseThrow(() -> notRunning(kind, called));
    ContainerStatus status = unit.status();
    try {
      add(kind, ProcessIdentity.open(status.pid(), status.startTicks()));
    } catch (LinuxException e) {
      throw notRunning(kind, called);
    }
    if (kind.equals("ipc")) {
      add("shm", unit.live().orElseThrow(() -> notRunning(kind, called)).sharedMemory());
    }
  }

  private EngineException notRunning(String kind, String owner) {
    return new EngineException(
        "container " + name + " joins the " + kind + " namespace of container " + owner
            + ", which doesn't run; start that first");
  }

  private void add(String kind, Fd fd) {
    own.add(fd);
    byKind.put(kind, fd);
  }

  /** With one more, which stays the caller's. */
  void with(String kind, Fd fd) {
    byKind.put(kind, fd);
  }

  Map<String, Fd> byKind() {
    return byKind;
  }

  @Override
  public void close() {
    own.forEach(Fd::close);
  }
}

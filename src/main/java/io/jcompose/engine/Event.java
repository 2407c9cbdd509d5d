package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that happened to a container.
 *
 * @param nanos wall clock, nanoseconds since the epoch
 * @param code the exit code of a {@code DIE}, else 0
 * @param attributes image, name, the container's labels, and what this kind of event tells besides
 */
public record Event(
    long nanos,
    Kind kind,
    String id,
    String name,
    String project,
    String service,
    int code,
    Map<String, String> attributes) {
  static Event of(ContainerRecord what, Kind kind, long nanos, int code, Map<String, String> details) {
    Map<String, String> attributes = new TreeMap<>(what.spec().labels());
    attributes.put("image", what.image());
    attributes.put("name", what.name());
    if (kind == Kind.DIE) {
      attributes.put("exitCode", Integer.toString(code));
    }
    attributes.putAll(details);
    return new Event(nanos, kind, what.id(), what.name(), what.project(), what.service(), code, attributes);
  }

  /** What happened. */
  public enum Kind {
    CREATE,
    START,
    ATTACH,
    DETACH,
    EXEC_CREATE,
    EXEC_START,
    EXEC_DIE,
    PAUSE,
    UNPAUSE,
    RENAME,
    UPDATE,
    HEALTH,
    KILL,
    OOM,
    DIE,
    STOP,
    RESTART,
    DESTROY
  }
}

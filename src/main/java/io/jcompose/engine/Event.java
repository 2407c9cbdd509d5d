package io.jcompose.engine;

/**
 * Something that happened to a container.
 *
 * @param nanos wall clock, nanoseconds since the epoch
 * @param code the exit code of a {@code DIE}, else 0
 */
public record Event(long nanos, Kind kind, String id, String name, String project, String service, int code) {
  /** What happened. */
  public enum Kind {
    CREATE,
    START,
    HEALTH,
    OOM,
    DIE,
    STOP,
    RESTART,
    DESTROY
  }
}

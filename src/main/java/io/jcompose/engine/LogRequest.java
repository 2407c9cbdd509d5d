package io.jcompose.engine;

import java.util.List;
import java.util.Set;

/**
 * Which lines are wanted.
 *
 * @param services empty: all
 * @param index number of the container in its service; 0: all
 * @param containers ids, of whatever project; empty: all of the project
 * @param tail the last lines of each container; negative: all
 * @param sinceNanos lines from this wall clock on; 0: all
 * @param untilNanos lines up to this wall clock; 0: all
 * @param follow go on as output comes, also of containers that start later
 */
public record LogRequest(
    String project,
    List<String> services,
    int index,
    Set<String> containers,
    long tail,
    long sinceNanos,
    long untilNanos,
    boolean follow) {
  /** The lines of a project's containers. */
  public LogRequest(String project, List<String> services, long tail, long sinceNanos, boolean follow) {
    this(project, services, 0, Set.of(), tail, sinceNanos, 0, follow);
  }

  /** Whether a line of this wall clock is wanted. */
  boolean wants(long nanos) {
    return nanos >= sinceNanos && (untilNanos == 0 || nanos <= untilNanos);
  }
}

package io.jcompose.container;

import java.util.Map;

/**
 * What a keeper says of its container.
 *
 * @param startTime field 22 of /proc/PID/stat, clock ticks
 * @param exit of the last run; meaningful in state EXITED
 * @param execs process numbers of live execs, and their pids
 */
public record KeeperStatus(
    State state,
    int run,
    int pid,
    long startTime,
    Exit exit,
    long logBytes,
    long logBytesDropped,
    Map<Integer, Integer> execs) {
  /** Whether the container's first process lives. */
  public enum State {
    NEVER_STARTED,
    RUNNING,
    EXITED
  }
}

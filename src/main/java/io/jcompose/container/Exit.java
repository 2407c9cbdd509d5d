package io.jcompose.container;

import java.time.Instant;

/**
 * A process of a container has ended.
 *
 * @param process 0: the container's first; else an exec
 * @param run the container's run that it belonged to
 * @param status as of wait(2)
 */
public record Exit(int process, int run, int status, Instant at) {
  private static final int NANOS = 1_000_000_000;

  static Exit of(int process, int run, int status, long wallNanos) {
    return new Exit(
        process, run, status, Instant.ofEpochSecond(wallNanos / NANOS, wallNanos % NANOS));
  }

  /** The exit code, or 128 + n after signal n. */
  public int code() {
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : 128 + signal;
  }

  public boolean signaled() {
    return (status & 0x7f) != 0;
  }
}

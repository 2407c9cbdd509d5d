package io.jcompose.linux;

import java.time.Instant;

/** The two clocks: intervals are measured with the monotonic one, which nobody can set. */
public final class Clock {
  private Clock() {}

  public static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** Nanoseconds since the epoch, for display and log stamps. */
  public static long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}

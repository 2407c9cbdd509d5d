package io.jcompose.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The two clocks: intervals are measured with the monotonic one, which nobody can set. */
public final class Clock {
  private Clock() {}

  public static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** Nanoseconds since the kernel started, time asleep included (/proc/uptime, hundredths of a second). */
  public static long nanosSinceBoot() {
    try {
      String uptime = Files.readString(Path.of("/proc/uptime"));
      return (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1e9);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nanoseconds since the epoch, for display and log stamps. */
  public static long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}

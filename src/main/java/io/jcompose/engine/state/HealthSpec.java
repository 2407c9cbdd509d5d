package io.jcompose.engine.state;

import java.util.List;

/**
 * A health check with every default filled in; times in milliseconds.
 *
 * @param argv what the probe runs
 * @param retries failures in a row that make it unhealthy
 */
public record HealthSpec(
    List<String> argv,
    long interval,
    long timeout,
    int retries,
    long startPeriod,
    long startInterval) {
  public static final long DEFAULT_INTERVAL = 30_000;
  public static final long DEFAULT_TIMEOUT = 30_000;
  public static final int DEFAULT_RETRIES = 3;
  public static final long DEFAULT_START_INTERVAL = 5_000;

  public HealthSpec {
    argv = List.copyOf(argv);
  }
}

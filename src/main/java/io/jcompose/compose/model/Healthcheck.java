package io.jcompose.compose.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file says of a service's health check; what it leaves open is the image's to say, then the
 * defaults of the engine.
 *
 * @param test begins with {@code CMD}, {@code CMD-SHELL} or {@code NONE}; empty: the image's
 * @param interval between probes
 * @param timeout of a probe
 * @param retries failures in a row until it counts as unhealthy
 * @param startPeriod in which failures don't count
 * @param startInterval between probes in the start period
 * @param disabled whether the image's check is off too
 */
public record Healthcheck(
    Optional<List<String>> test,
    Optional<Duration> interval,
    Optional<Duration> timeout,
    OptionalInt retries,
    Optional<Duration> startPeriod,
    Optional<Duration> startInterval,
    boolean disabled) {

  public Healthcheck {
    test = test.map(List::copyOf);
  }

  /** A check with this test and everything else left open. */
  public static Healthcheck of(String... test) {
    return new Healthcheck(
        Optional.of(List.of(test)),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }
}

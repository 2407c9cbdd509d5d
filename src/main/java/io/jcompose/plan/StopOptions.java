package io.jcompose.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code stop} was asked for.
 *
 * @param services the services named; empty: all of the project
 * @param timeout grace period, in place of each container's own
 */
public record StopOptions(Set<String> services, Optional<Duration> timeout) {

  /** A plain {@code stop}. */
  public static final StopOptions DEFAULT = new StopOptions(Set.of(), Optional.empty());

  public StopOptions {
    services = Set.copyOf(services);
  }
}

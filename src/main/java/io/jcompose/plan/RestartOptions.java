package io.jcompose.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code restart} was asked for.
 *
 * @param services the services named; empty: all of the project
 * @param withDependents whether those restart too that depend on them with {@code restart: true}
 * @param timeout grace period, in place of each container's own
 */
public record RestartOptions(
    Set<String> services, boolean withDependents, Optional<Duration> timeout) {

  /** A plain {@code restart}. */
  public static final RestartOptions DEFAULT =
      new RestartOptions(Set.of(), true, Optional.empty());

  public RestartOptions {
    services = Set.copyOf(services);
  }
}

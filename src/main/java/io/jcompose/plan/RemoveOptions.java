package io.jcompose.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code rm} was asked for.
 *
 * @param services the services named; empty: all of the project
 * @param stop whether running containers are stopped first, instead of left alone
 * @param volumes whether anonymous volumes go too
 * @param timeout grace period of the stops, in place of each container's own
 */
public record RemoveOptions(
    Set<String> services, boolean stop, boolean volumes, Optional<Duration> timeout) {

  /** A plain {@code rm}. */
  public static final RemoveOptions DEFAULT =
      new RemoveOptions(Set.of(), false, false, Optional.empty());

  public RemoveOptions {
    services = Set.copyOf(services);
  }
}

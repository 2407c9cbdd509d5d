package io.jcompose.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code down} was asked for.
 *
 * @param services the services named; empty: the whole project
 * @param volumes whether named and anonymous volumes go too, with their data
 * @param orphans what happens to containers without a service, and to one-off ones
 * @param images which images go too
 * @param timeout grace period of the stops, in place of each container's own
 * @param keepSnapshot whether a snapshot is taken of the volumes before they go
 */
public record DownOptions(
    Set<String> services,
    boolean volumes,
    Orphans orphans,
    Images images,
    Optional<Duration> timeout,
    boolean keepSnapshot) {

  /** Which images {@code down} removes. */
  public enum Images {
    NONE,
    /** Those that only have the name that they got for want of {@code image}. */
    LOCAL,
    ALL
  }

  /** A plain {@code down}. */
  public static final DownOptions DEFAULT =
      new DownOptions(Set.of(), false, Orphans.WARN, Images.NONE, Optional.empty());

  /** Without a snapshot. */
  public DownOptions(
      Set<String> services, boolean volumes, Orphans orphans, Images images, Optional<Duration> timeout) {
    this(services, volumes, orphans, images, timeout, false);
  }

  public DownOptions {
    services = Set.copyOf(services);
  }
}

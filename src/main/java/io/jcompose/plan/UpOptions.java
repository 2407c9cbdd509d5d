package io.jcompose.plan;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code up}, {@code create} and {@code scale} were asked for.
 *
 * @param services the services named; empty: all of the project
 * @param withDependencies whether what they depend on is brought up too
 * @param recreate when containers of the named services are replaced
 * @param recreateDependencies when those of their dependencies are
 * @param scale service → how many containers, in place of what the file says
 * @param start false: only create ({@code --no-start})
 * @param orphans what happens to containers without a service
 * @param renewAnonymousVolumes whether replaced containers get new anonymous volumes
 * @param timeout grace period of the stops, in place of each container's own
 * @param recreatedVolumes keys of volumes whose data the user agreed to lose
 */
public record UpOptions(
    Set<String> services,
    boolean withDependencies,
    RecreatePolicy recreate,
    RecreatePolicy recreateDependencies,
    Map<String, Integer> scale,
    boolean start,
    Orphans orphans,
    boolean renewAnonymousVolumes,
    Optional<Duration> timeout,
    Set<String> recreatedVolumes) {

  /** A plain {@code up}. */
  public static final UpOptions DEFAULT =
      new UpOptions(
          Set.of(),
          true,
          RecreatePolicy.CHANGED,
          RecreatePolicy.CHANGED,
          Map.of(),
          true,
          Orphans.WARN,
          false,
          Optional.empty(),
          Set.of());

  public UpOptions {
    services = Set.copyOf(services);
    scale = Map.copyOf(scale);
    recreatedVolumes = Set.copyOf(recreatedVolumes);
  }

  /** The same for these services only. */
  public UpOptions withServices(Set<String> services) {
    return new UpOptions(
        services,
        withDependencies,
        recreate,
        recreateDependencies,
        scale,
        start,
        orphans,
        renewAnonymousVolumes,
        timeout,
        recreatedVolumes);
  }

  /** The same, and the user agrees to lose the data of this volume. */
  public UpOptions withRecreatedVolume(String key) {
    Set<String> agreed = new TreeSet<>(recreatedVolumes);
    agreed.add(key);
    return new UpOptions(
        services,
        withDependencies,
        recreate,
        recreateDependencies,
        scale,
        start,
        orphans,
        renewAnonymousVolumes,
        timeout,
        agreed);
  }
}

package io.jcompose.compose.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the deploy section says beyond replicas, resources and restart policy, which are folded into
 * the service.
 *
 * @param mode {@code replicated}, {@code global}, {@code replicated-job}, {@code global-job}
 * @param endpointMode {@code vip} or {@code dnsrr}
 * @param labels of the service, not of its containers
 * @param update how to replace containers
 * @param rollback how to go back
 * @param placement where to run
 */
public record Deploy(
    Optional<String> mode,
    Optional<String> endpointMode,
    Map<String, String> labels,
    Optional<Update> update,
    Optional<Update> rollback,
    Placement placement) {

  public static final Deploy DEFAULT =
      new Deploy(
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Placement.ANY);

  public Deploy {
    labels = Maps.sorted(labels);
  }

  /**
   * How replicas are replaced.
   *
   * @param parallelism how many at a time; 0: all
   * @param delay between groups
   * @param failureAction {@code pause}, {@code continue}, {@code rollback}
   * @param monitor how long a replica is watched
   * @param maxFailureRatio 0–1
   * @param order {@code stop-first} or {@code start-first}
   */
  public record Update(
      OptionalLong parallelism,
      Optional<Duration> delay,
      Optional<String> failureAction,
      Optional<Duration> monitor,
      OptionalDouble maxFailureRatio,
      Optional<String> order) {}

  /**
   * Where replicas may run; on one host it has no effect.
   *
   * @param constraints such as {@code node.role==manager}
   * @param preferences labels to spread over
   * @param maxReplicasPerNode 0: no limit
   */
  public record Placement(
      List<String> constraints, List<String> preferences, OptionalInt maxReplicasPerNode) {

    public static final Placement ANY = new Placement(List.of(), List.of(), OptionalInt.empty());

    public Placement {
      constraints = List.copyOf(constraints);
      preferences = List.copyOf(preferences);
    }
  }
}

package io.jcompose.plan;

import io.jcompose.plan.PlanBuilder.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps on containers that exist, each made once however many causes ask for it. */
final class Steps {
  private final PlanBuilder plan;
  private final Optional<Duration> timeout;
  private final Map<String, Node> stops = new HashMap<>();
  private final Map<String, Node> removals = new HashMap<>();
  private final Map<String, List<Node>> stopsOfServices = new HashMap<>();

  Steps(PlanBuilder plan, Optional<Duration> timeout) {
    this.plan = plan;
    this.timeout = timeout;
  }

  /** Stops a container; a list, as one that does not run needs no step. */
  List<Node> stop(ObservedContainer container, String cause) {
    if (!container.state().active()) {
      return List.of();
    }
    return List.of(
        stops.computeIfAbsent(
            container.id(),
            _ -> {
              Node stop =
                  plan.add(new Action.StopContainer(ContainerRef.of(container), timeout), cause);
              stopsOfServices
                  .computeIfAbsent(container.service(), _ -> new ArrayList<>())
                  .add(stop);
              return stop;
            }));
  }

  /** Stops a container if it runs, and removes it. */
  Node remove(ObservedContainer container, boolean withAnonymousVolumes, String cause) {
    List<Node> stop = stop(container, cause);
    return removals
        .computeIfAbsent(
            container.id(),
            _ ->
                plan.add(
                    new Action.RemoveContainer(ContainerRef.of(container), withAnonymousVolumes),
                    cause))
        .after(stop);
  }

  /** The step that removes a container, if there is one. */
  Optional<Node> removal(ObservedContainer container) {
    return Optional.ofNullable(removals.get(container.id()));
  }

  /** The stop steps of these services' containers. */
  Map<String, List<Node>> stopsOfServices() {
    return stopsOfServices;
  }

  /** Stops of a service wait for those of the services that depend on it. */
  void dependentsFirst(Graph graph, Collection<String> services) {
    for (String service : services) {
      List<Node> earlier = graph.ofDependents(service, stopsOfServices);
      stopsOfServices.getOrDefault(service, List.of()).forEach(stop -> stop.after(earlier));
    }
  }
}

package io.jcompose.plan;

import io.jcompose.plan.NetworkDecisions.Decision;
import io.jcompose.plan.PlanBuilder.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The steps that take networks down and make them anew in the course of an {@code up}. Containers
 * keep their identity: they are stopped, detached, attached to the new network and started.
 */
final class UpNetworks {
  private final UpPlanner up;
  private final PlanBuilder plan;
  private final Steps steps;
  private final Map<String, Node> created;
  private final Map<String, Node> starts;

  /**
   * @param created the steps that make networks, by key
   * @param starts the steps that start containers that stay, by id
   */
  UpNetworks(
      UpPlanner up,
      PlanBuilder plan,
      Steps steps,
      Map<String, Node> created,
      Map<String, Node> starts) {
    this.up = up;
    this.plan = plan;
    this.steps = steps;
    this.created = created;
    this.starts = starts;
  }

  static String because(String key) {
    return "network " + key + " is made anew";
  }

  void replace() {
    for (Decision decision : up.networks.networks().values()) {
      if (decision instanceof Decision.Replace replace) {
        replace(replace);
      }
    }
    up.networks.renamed().forEach(this::removeRenamed);
  }

  private void replace(Decision.Replace replace) {
    String key = replace.spec().key();
    String name = replace.network().name();
    Node remove =
        plan.add(new Action.RemoveNetwork(replace.network().id(), name), replace.cause());
    created.get(key).after(remove);
    for (ObservedContainer container : attached(replace.network())) {
      Optional<Node> removal = steps.removal(container);
      if (removal.isPresent() && !takenOver(container)) {
        remove.after(removal.get());
        continue;
      }
      String because = because(key);
      List<Node> stop = steps.stop(container, because);
      ContainerRef ref = ContainerRef.of(container);
      Node detach =
          plan.add(new Action.DisconnectNetwork(ref, key, name), because).after(stop);
      remove.after(detach);
      if (removal.isPresent()) {
        removal.get().after(detach);
        continue;
      }
      Node attach =
          plan.add(new Action.ConnectNetwork(ref, key, replace.spec().name()), because)
              .after(created.get(key));
      Optional.ofNullable(starts.get(container.id())).ifPresent(start -> start.after(attach));
    }
  }

  /** Whether the removal waits for a new container, and so for the network. */
  private boolean takenOver(ObservedContainer container) {
    return !up.removedFirst(container)
        && up.decisions.values().stream()
            .anyMatch(
                decision ->
                    decision.replaced().stream()
                        .anyMatch(replaced -> replaced.old().id().equals(container.id())));
  }

  /** The key has another name now: the old network goes, once nobody is on it any more. */
  private void removeRenamed(ObservedNetwork network) {
    List<Optional<Node>> removals = attached(network).stream().map(steps::removal).toList();
    if (removals.stream().allMatch(Optional::isPresent)) {
      plan.add(
              new Action.RemoveNetwork(network.id(), network.name()),
              "\"" + network.key() + "\" has another name now")
          .after(removals.stream().flatMap(Optional::stream).toList());
    }
  }

  private List<ObservedContainer> attached(ObservedNetwork network) {
    return Stream.of(up.interrupted.containers(), up.interrupted.leftovers())
        .flatMap(List::stream)
        .filter(container -> UpPlanner.attachedTo(container, network))
        .toList();
  }
}

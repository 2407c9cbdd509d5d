package io.jcompose.plan;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.Action.CreateContainer;
import io.jcompose.plan.PlanBuilder.Node;
import io.jcompose.plan.ServiceDecision.Replaced;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The steps that make containers in the course of an {@code up}.
 *
 * <p>A replacement is four steps: create the new one under a temporary name, stop the old one,
 * remove it, rename. So the new container exists before the old one is gone: whatever goes wrong on
 * the way, one of them is left, and {@link Interrupted} finds it. Where the new one needs something
 * that the old one's stop sets free, such as a network that is made anew, the old one stops before
 * it is made; some are also removed before ({@link UpPlanner#removedFirst}).
 */
final class UpContainers {
  private final UpPlanner up;
  private final PlanBuilder plan;
  private final Steps steps;
  private final Map<String, Node> networks;
  private final Map<String, Node> volumes;
  private final Handovers handovers;
  private final Map<String, Node> creations = new HashMap<>();

  /**
   * @param networks the steps that make networks, by key
   * @param volumes the steps that make volumes, by key
   * @param handovers is told which step gives which name
   */
  UpContainers(
      UpPlanner up,
      PlanBuilder plan,
      Steps steps,
      Map<String, Node> networks,
      Map<String, Node> volumes,
      Handovers handovers) {
    this.up = up;
    this.plan = plan;
    this.steps = steps;
    this.networks = networks;
    this.volumes = volumes;
    this.handovers = handovers;
  }

  /** Puts a new container in an old one's place; the step after which it can be started. */
  Node replace(Service service, Replaced replaced) {
    ObservedContainer old = replaced.old();
    String because = "a new container takes its place";
    boolean renewed = up.options.renewAnonymousVolumes();
    boolean removeFirst = up.removedFirst(old);
    if (removeFirst) {
      Node remove = steps.remove(old, renewed, because);
      return create(service, replaced.next(), Optional.of(old), true, replaced.cause())
          .after(remove);
    }
    Node create = create(service, replaced.next(), Optional.of(old), false, replaced.cause());
    List<Node> stop = steps.stop(old, because);
    Node remove = steps.remove(old, renewed, because).after(create);
    stop.forEach(node -> node.preferablyAfter(create));
    Node rename =
        plan.add(
                new Action.RenameContainer(
                    replaced.next(), Names.replacement(old, replaced.next().name())),
                "the old one is gone")
            .after(remove);
    handovers.naming(rename, replaced.next().name());
    return rename;
  }

  /** Makes a container where none was. */
  Node create(Service service, ContainerRef next, Cause cause) {
    return create(service, next, Optional.empty(), false, cause);
  }

  private Node create(
      Service service,
      ContainerRef next,
      Optional<ObservedContainer> old,
      boolean oldIsGone,
      Cause cause) {
    List<ContainerRef> owners = up.owners(service);
    Optional<ContainerRef> replaces = oldIsGone ? Optional.empty() : old.map(ContainerRef::of);
    Node create =
        plan.add(
            new CreateContainer(
                next,
                replaces.isPresent()
                    ? Names.replacement(old.orElseThrow(), next.name())
                    : next.name(),
                Optional.ofNullable(up.observed.images().get(Names.image(up.project, service)))
                    .map(ObservedImage::id)
                    .orElse(""),
                ConfigKeys.of(up.project, service),
                replaces,
                up.options.renewAnonymousVolumes()
                    ? Map.of()
                    : old.map(o -> inherited(service, o)).orElse(Map.of()),
                owners),
            cause);
    for (String key : service.networking().networks().keySet()) {
      Optional.ofNullable(networks.get(key)).ifPresent(create::after);
    }
    for (String key : service.storage().volumeKeys()) {
      Optional.ofNullable(volumes.get(key)).ifPresent(create::after);
    }
    for (ContainerRef owner : owners) {
      Optional.ofNullable(creations.get(owner.name())).ifPresent(create::after);
    }
    if (replaces.isEmpty()) {
      handovers.naming(create, next.name());
    }
    afterNamesAreFree(create, next);
    creations.put(next.name(), create);
    return create;
  }

  /** A leftover that is removed may have the name that the new one is to get for now. */
  private void afterNamesAreFree(Node create, ContainerRef next) {
    up.interrupted.leftovers().stream()
        .filter(leftover -> leftover.name().endsWith("_" + next.name()))
        .forEach(leftover -> steps.removal(leftover).ifPresent(create::after));
  }

  /** The anonymous volumes of the old container, but for paths that have another mount now. */
  private static Map<String, String> inherited(Service service, ObservedContainer old) {
    Map<String, String> inherited = new TreeMap<>();
    old.volumes()
        .forEach(
            (target, volume) -> {
              if (volume.anonymous()) {
                inherited.put(target, volume.name());
              }
            });
    for (Mount mount : service.storage().mounts()) {
      boolean anonymous = mount instanceof Mount.Volume v && v.anonymous();
      if (!anonymous) {
        inherited.remove(mount.target());
      }
    }
    return inherited;
  }
}

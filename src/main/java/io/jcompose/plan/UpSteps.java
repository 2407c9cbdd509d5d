package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.Action.CreateContainer;
import io.jcompose.plan.PlanBuilder.Node;
import io.jcompose.plan.ServiceDecision.Replaced;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the steps of what {@link UpPlanner} decided.
 *
 * <p>A replacement is four steps: create the new one under a temporary name, stop the old one,
 * remove it, rename. So the new container exists before the old one is gone: whatever goes wrong on
 * the way, one of them is left, and {@link Interrupted} finds it. Where a network or volume has to
 * be free first ({@link UpPlanner#stopFirst}), the old one stops before the new one is made; where
 * a volume of it is made anew, it is also removed before.
 */
final class UpSteps {
  private final UpPlanner up;
  private final PlanBuilder plan = new PlanBuilder();
  private final Steps steps;
  private final Map<String, Node> networks = new HashMap<>();
  private final Map<String, Node> volumes = new HashMap<>();
  private final Map<String, List<Node>> creations = new HashMap<>();
  private final Map<String, List<Node>> starts = new HashMap<>();
  private final Map<String, Node> startsOfContainers = new HashMap<>();
  private final Map<String, Node> renames = new HashMap<>();
  private final Awaits awaits;
  private final Set<String> renewed = new HashSet<>();

  UpSteps(UpPlanner up) {
    this.up = up;
    this.steps = new Steps(plan, up.options.timeout());
    this.awaits = new Awaits(plan, up.graph);
  }

  Plan plan() {
    removeOrphans();
    tidyInterrupted();
    createNetworks();
    UpVolumes volumeSteps = new UpVolumes(up, plan, steps);
    volumes.putAll(volumeSteps.create());
    for (String service : up.graph.order()) {
      converge(service);
    }
    up.interrupted.containers().stream().filter(ObservedContainer::oneOff).forEach(this::bounce);
    volumeSteps.release();
    new UpNetworks(up, plan, steps, networks, startsOfContainers).replace();
    restartDependentsFirst();
    noticeProvided();
    up.networks.notices().forEach(n -> plan.notice(n.kind(), n.text()));
    up.volumes.notices().forEach(n -> plan.notice(n.kind(), n.text()));
    up.volumes.questions().forEach(plan::ask);
    return plan.build();
  }

  private void noticeProvided() {
    for (Service service : up.provided()) {
      plan.notice(
          Notice.Kind.NOT_APPLIED,
          "Service \""
              + service.name()
              + "\" is not started: the program \""
              + service.provider().orElseThrow().type()
              + "\" has to provide it, and jcompose runs containers only.");
    }
  }

  private void removeOrphans() {
    switch (up.options.orphans()) {
      case REMOVE ->
          up.orphans.forEach(c -> steps.remove(c, false, "no service of the file stands for it"));
      case WARN -> OrphanRules.warn(plan, up.orphans);
      case IGNORE -> {}
    }
  }

  private void tidyInterrupted() {
    for (ObservedContainer leftover : up.interrupted.leftovers()) {
      steps.remove(leftover, false, "it is left over from a replacement that was interrupted");
    }
    for (ObservedContainer container : up.interrupted.misnamed()) {
      boolean goes =
          up.decisions.containsKey(container.service())
              && up.decisions.get(container.service()).kept().stream()
                  .noneMatch(kept -> kept.id().equals(container.id()));
      if (!goes) {
        ObservedContainer named =
            up.interrupted.containers().stream()
                .filter(c -> c.id().equals(container.id()))
                .findFirst()
                .orElseThrow();
        renames.put(
            container.id(),
            plan.add(
                new Action.RenameContainer(ContainerRef.of(named), container.name()),
                "its replacement was interrupted before it got its name"));
      }
    }
  }

  private void createNetworks() {
    up.networks
        .networks()
        .forEach(
            (key, decision) -> {
              if (decision instanceof NetworkDecisions.Decision.Keep) {
                return;
              }
              Action create =
                  new Action.CreateNetwork(
                      key,
                      decision.spec().name(),
                      ConfigKeys.of(decision.spec()));
              Cause cause =
                  decision instanceof NetworkDecisions.Decision.Replace replace
                      ? replace.cause()
                      : Cause.of("there is none yet");
              networks.put(key, plan.add(create, cause));
            });
  }

  private void converge(String name) {
    ServiceDecision decision = up.decisions.get(name);
    if (decision == null) {
      up.containers(name).forEach(this::bounce);
      return;
    }
    for (ObservedContainer container : decision.surplus()) {
      steps.remove(container, false, name + " is scaled to " + decision.scale());
    }
    List<Ready> ready = new ArrayList<>();
    decision.kept().forEach(container -> ready.add(new Ready(container.number(), container)));
    for (Replaced replaced : decision.replaced()) {
      renewed.add(name);
      ready.add(new Ready(replaced.next(), replace(decision.service(), replaced)));
    }
    for (ContainerRef next : decision.created()) {
      Node create =
          create(
              decision.service(), next, Optional.empty(), false, Cause.of(decision.whyCreated()));
      ready.add(new Ready(next, create));
    }
    ready.stream()
        .sorted(Comparator.comparingInt(Ready::number))
        .forEach(one -> one.start(this, name));
  }

  /** A container that is, or by then will be, ready to be started. */
  private record Ready(
      int number, Optional<ObservedContainer> kept, Optional<ContainerRef> made, List<Node> after) {
    Ready(int number, ObservedContainer kept) {
      this(number, Optional.of(kept), Optional.empty(), List.of());
    }

    Ready(ContainerRef made, Node after) {
      this(made.number(), Optional.empty(), Optional.of(made), List.of(after));
    }

    void start(UpSteps into, String service) {
      kept.ifPresent(into::keep);
      if (made.isPresent() && into.up.options.start()) {
        into.start(service, made.get(), "it is new").after(after);
      }
    }
  }

  private void keep(ObservedContainer container) {
    if (up.bounced.containsKey(container.id())) {
      bounce(container);
    } else if (up.options.start() && UpPlanner.needsStart(container)) {
      Node start =
          start(container.service(), ContainerRef.of(container), Wording.idle(container));
      startsOfContainers.put(container.id(), start);
      Optional.ofNullable(renames.get(container.id())).ifPresent(start::after);
    } else {
      plan.keep(ContainerRef.of(container));
    }
  }

  private void bounce(ObservedContainer container) {
    String cause = up.bounced.get(container.id());
    if (cause == null) {
      return;
    }
    renewed.add(container.service());
    List<Node> stop = steps.stop(container, cause);
    Node start = start(container.service(), ContainerRef.of(container), cause).after(stop);
    startsOfContainers.put(container.id(), start);
    Optional.ofNullable(renames.get(container.id())).ifPresent(start::after);
  }

  private Node replace(Service service, Replaced replaced) {
    ObservedContainer old = replaced.old();
    String because = "a new container takes its place";
    boolean removeFirst = up.volumes.takesFrom(old);
    if (removeFirst) {
      Node remove = steps.remove(old, false, because);
      return create(service, replaced.next(), Optional.of(old), true, replaced.cause())
          .after(remove);
    }
    Node create = create(service, replaced.next(), Optional.of(old), false, replaced.cause());
    List<Node> stop = steps.stop(old, because);
    Node remove = steps.remove(old, false, because).after(create);
    if (up.stopFirst.contains(service.name())) {
      create.after(stop);
    } else {
      stop.forEach(node -> node.after(create));
    }
    return plan.add(
            new Action.RenameContainer(
                replaced.next(), Names.replacement(old, replaced.next().name())),
            "the old one is gone")
        .after(remove);
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
      create.after(creations.getOrDefault(owner.name(), List.of()));
    }
    afterNamesAreFree(create, next);
    creations.put(next.name(), List.of(create));
    return create;
  }

  /** An orphan or leftover that is removed may have the name that the new one is to get. */
  private void afterNamesAreFree(Node create, ContainerRef next) {
    up.orphans.stream()
        .filter(orphan -> orphan.name().equals(next.name()))
        .forEach(orphan -> steps.removal(orphan).ifPresent(create::after));
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

  /** Starts a container once what its service depends on is there, one replica after another. */
  private Node start(String service, ContainerRef container, String cause) {
    Node start = plan.add(new Action.StartContainer(container), cause);
    List<Node> earlier = starts.computeIfAbsent(service, _ -> new ArrayList<>());
    if (!earlier.isEmpty()) {
      start.after(earlier.getLast());
    }
    if (up.options.withDependencies()) {
      for (Dependency dependency : up.graph.dependencies(service)) {
        start.after(satisfied(dependency));
      }
    } else {
      for (Dependency dependency : up.graph.dependencies(service)) {
        start.after(starts.getOrDefault(dependency.service(), List.of()));
      }
    }
    earlier.add(start);
    return start;
  }

  /** The steps after which a dependency holds; none if it does already. */
  private List<Node> satisfied(Dependency dependency) {
    List<Node> started = starts.getOrDefault(dependency.service(), List.of());
    ServiceDecision decision = up.decisions.get(dependency.service());
    if (started.isEmpty() && (decision == null || holds(dependency, decision))) {
      return List.of();
    }
    return awaits.after(dependency, started);
  }

  private static boolean holds(Dependency dependency, ServiceDecision decision) {
    return decision.scale() == 0
        || dependency.condition() == Dependency.Condition.HEALTHY
            && decision.created().isEmpty()
            && decision.replaced().isEmpty()
            && decision.kept().stream().allMatch(c -> c.health() == Health.HEALTHY);
  }

  /** What restarts with a container of another service stops before that one does. */
  private void restartDependentsFirst() {
    Map<String, List<Node>> stops = steps.stopsOfServices();
    for (String service : renewed) {
      for (Dependency dependency : up.graph.dependencies(service)) {
        if (dependency.restart() && renewed.contains(dependency.service())) {
          for (Node stop : stops.getOrDefault(dependency.service(), List.of())) {
            stop.after(stops.getOrDefault(service, List.of()));
          }
        }
      }
    }
  }
}

package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Service;
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

/**
 * Makes the steps of what {@link UpPlanner} decided, and puts them in order: what a service depends
 * on starts before it, and what restarts with another stops before that one does.
 */
final class UpSteps {
  private final UpPlanner up;
  private final PlanBuilder plan = new PlanBuilder();
  private final Steps steps;
  private final Map<String, Node> networks = new HashMap<>();
  private final Map<String, Node> volumes = new HashMap<>();
  private final Handovers handovers = new Handovers();
  private final UpContainers containers;
  private final Map<String, List<Node>> starts = new HashMap<>();
  private final Map<String, Node> startsOfContainers = new HashMap<>();
  private final Map<String, Node> renames = new HashMap<>();
  private final Awaits awaits;
  private final Set<String> renewed = new HashSet<>();

  UpSteps(UpPlanner up) {
    this.up = up;
    this.steps = new Steps(plan, up.options.timeout());
    this.awaits = new Awaits(plan, up.graph);
    this.containers = new UpContainers(up, plan, steps, networks, volumes, handovers);
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
    up.oneOff.ifPresent(this::createOneOff);
    volumeSteps.release();
    new UpNetworks(up, plan, steps, networks, startsOfContainers).replace();
    restartDependentsFirst();
    handovers.order(up.interrupted.containers(), steps);
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
        Node rename =
            plan.add(
                new Action.RenameContainer(ContainerRef.of(named), container.name()),
                "its replacement was interrupted before it got its name");
        handovers.naming(rename, named.name());
        renames.put(container.id(), rename);
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
      ready.add(new Ready(replaced.next(), containers.replace(decision.service(), replaced)));
    }
    for (ContainerRef next : decision.created()) {
      Cause cause = Cause.of(decision.whyCreated());
      ready.add(new Ready(next, containers.create(decision.service(), next, cause)));
    }
    ready.stream()
        .sorted(Comparator.comparingInt(Ready::number))
        .forEach(one -> one.start(this, name));
  }

  /** Once what its service depends on is there; whoever asked for it starts it. */
  private void createOneOff(OneOff oneOff) {
    Service service = up.project.services().get(oneOff.service());
    ContainerRef next = new ContainerRef(service.name(), 0, oneOff.container(), "");
    Node create = containers.create(service, next, Cause.of("it was asked for"));
    if (up.options.withDependencies()) {
      for (Dependency dependency : up.graph.dependencies(service.name())) {
        create.after(satisfied(dependency));
      }
    }
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
        into.start(made.get(), into.settings(service), "it is new").after(after);
      }
    }
  }

  private void keep(ObservedContainer container) {
    if (up.bounced.containsKey(container.id())) {
      bounce(container);
    } else if (up.options.start() && UpPlanner.needsStart(container)) {
      Node start =
          start(ContainerRef.of(container), container.config(), Wording.idle(container));
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
    Node start = start(ContainerRef.of(container), container.config(), cause).after(stop);
    startsOfContainers.put(container.id(), start);
    Optional.ofNullable(renames.get(container.id())).ifPresent(start::after);
  }

  /** Starts a container once what its service depends on is there, one replica after another. */
  private Node start(ContainerRef container, Config config, String cause) {
    String service = container.service();
    Node start = plan.add(new Action.StartContainer(container), cause);
    handovers.start(start, config);
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

  private Config settings(String service) {
    return ConfigKeys.of(up.project, up.project.services().get(service));
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

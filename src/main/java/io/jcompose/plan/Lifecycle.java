package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.PlanBuilder.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Decides what the verbs do that take containers as they are: stop, start, restart, kill, rm. */
final class Lifecycle {
  private final Project project;
  private final List<ObservedContainer> containers;
  private final Graph graph;
  private final PlanBuilder plan = new PlanBuilder();
  private final Awaits awaits;

  Lifecycle(Project project, Observed observed) {
    this.project = project;
    this.containers = Interrupted.of(observed).containers();
    this.graph = Graph.of(project, observed);
    this.awaits = new Awaits(plan, graph);
  }

  Plan stop(StopOptions options) {
    SortedSet<String> services = named(options.services());
    Steps steps = new Steps(plan, options.timeout());
    for (String service : graph.order().reversed()) {
      if (services.contains(service)) {
        containers(service).forEach(container -> steps.stop(container, "it was asked for"));
      }
    }
    steps.dependentsFirst(graph, services);
    return plan.buildTeardown();
  }

  Plan start(Set<String> named) {
    SortedSet<String> services = graph.withDependencies(named(named));
    starts(services, Map.of(), _ -> true, container -> Wording.idle(container));
    return plan.build();
  }

  Plan restart(RestartOptions options) {
    SortedSet<String> named = named(options.services());
    SortedSet<String> services = options.withDependents() ? graph.withRestarting(named) : named;
    Steps steps = new Steps(plan, options.timeout());
    Map<String, List<Node>> stops = new HashMap<>();
    for (String service : graph.order().reversed()) {
      if (services.contains(service)) {
        containers(service)
            .forEach(c -> stops.put(c.id(), steps.stop(c, whyRestarted(service, named))));
      }
    }
    steps.dependentsFirst(graph, services);
    starts(
        services, stops, Dependency::restart, container -> whyRestarted(container.service(), named));
    services.forEach(this::noticeNotApplied);
    return plan.build();
  }

  private String whyRestarted(String service, Set<String> named) {
    if (named.contains(service)) {
      return "it was asked for";
    }
    return graph.dependencies(service).stream()
        .filter(Dependency::restart)
        .findFirst()
        .map(dependency -> "it restarts with " + dependency.service())
        .orElse("it was asked for");
  }

  Plan kill(Set<String> named, String signal) {
    for (String service : named(named)) {
      containers(service).stream()
          .filter(container -> container.state().active())
          .forEach(
              container ->
                  plan.add(
                      new Action.KillContainer(ContainerRef.of(container), signal),
                      "it was asked for"));
    }
    return plan.buildTeardown();
  }

  /** Of a frozen container nobody can wait for anything, so all are frozen at once. */
  Plan pause(Set<String> named) {
    for (String service : named(named)) {
      containers(service).stream()
          .filter(container -> container.state() == ContainerState.RUNNING)
          .forEach(c -> plan.add(new Action.PauseContainer(ContainerRef.of(c)), "it was asked for"));
    }
    return plan.buildTeardown();
  }

  Plan unpause(Set<String> named) {
    for (String service : named(named)) {
      containers(service).stream()
          .filter(container -> container.state() == ContainerState.PAUSED)
          .forEach(c -> plan.add(new Action.UnpauseContainer(ContainerRef.of(c)), "it was asked for"));
    }
    return plan.buildTeardown();
  }

  Plan remove(RemoveOptions options) {
    SortedSet<String> services = named(options.services());
    Steps steps = new Steps(plan, options.timeout());
    for (String service : graph.order().reversed()) {
      if (services.contains(service)) {
        containers(service).stream()
            .filter(container -> options.stop() || !container.state().active())
            .forEach(c -> steps.remove(c, options.volumes(), "it was asked for"));
      }
    }
    steps.dependentsFirst(graph, services);
    return plan.buildTeardown();
  }

  /** Which dependencies are waited for; of the others, only the order is kept. */
  private interface Waits {
    boolean on(Dependency dependency);
  }

  /** Why a container is started. */
  private interface Why {
    String starts(ObservedContainer container);
  }

  private void starts(
      Collection<String> services, Map<String, List<Node>> stops, Waits waits, Why why) {
    Map<String, List<Node>> starts = new HashMap<>();
    for (String service : graph.order()) {
      if (!services.contains(service)) {
        continue;
      }
      List<ObservedContainer> existing = containers(service);
      if (existing.isEmpty() && project.service(service).map(Service::scale).orElse(0) > 0) {
        throw new PlanException(
            "service \"" + service + "\" has no container to start; \"up " + service
                + "\" makes one");
      }
      List<Node> own = new ArrayList<>();
      for (ObservedContainer container : existing) {
        boolean stopped = stops.containsKey(container.id());
        if (!stopped && !UpPlanner.needsStart(container)) {
          plan.keep(ContainerRef.of(container));
          continue;
        }
        Node start =
            plan.add(
                    new Action.StartContainer(ContainerRef.of(container)), why.starts(container))
                .after(stops.getOrDefault(container.id(), List.of()));
        if (!own.isEmpty()) {
          start.after(own.getLast());
        }
        for (Dependency dependency : graph.dependencies(service)) {
          start.after(
              waits.on(dependency)
                  ? satisfied(dependency, starts)
                  : starts.getOrDefault(dependency.service(), List.of()));
        }
        own.add(start);
      }
      starts.put(service, own);
    }
  }

  private List<Node> satisfied(Dependency dependency, Map<String, List<Node>> starts) {
    List<Node> started = starts.getOrDefault(dependency.service(), List.of());
    List<ObservedContainer> needed = containers(dependency.service());
    boolean healthy = needed.stream().allMatch(c -> c.health() == Health.HEALTHY);
    if (needed.isEmpty()
        || started.isEmpty()
            && (dependency.condition() == Dependency.Condition.STARTED
                || dependency.condition() == Dependency.Condition.HEALTHY && healthy)) {
      return List.of();
    }
    return awaits.after(dependency, started);
  }

  /** Says which edits of the file a restart does not pick up. */
  private void noticeNotApplied(String name) {
    Service service = project.services().get(name);
    // a project made from what containers remember has no files, and no edits
    if (service == null || project.files().isEmpty()) {
      return;
    }
    Config wanted = ConfigKeys.of(project, service);
    for (ObservedContainer container : containers(name)) {
      List<Change> changes = container.config().changesTo(wanted);
      if (container.config().recorded() && !changes.isEmpty()) {
        plan.notice(
            Notice.Kind.NOT_APPLIED,
            "restart does not apply what was edited since "
                + container.name()
                + " was made ("
                + String.join(", ", changes.stream().map(Change::key).toList())
                + "); \"up "
                + name
                + "\" does.");
        return;
      }
    }
  }

  private SortedSet<String> named(Set<String> services) {
    if (services.isEmpty()) {
      return new TreeSet<>(graph.order());
    }
    Selection.check(project, services);
    return new TreeSet<>(services);
  }

  private List<ObservedContainer> containers(String service) {
    return containers.stream()
        .filter(container -> container.service().equals(service) && !container.oneOff())
        .sorted(
            Comparator.comparingInt(ObservedContainer::number)
                .thenComparing(ObservedContainer::name))
        .toList();
  }
}

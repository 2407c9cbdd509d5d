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
import java.util.Objects;
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
    List<String> lacking = lacking(services);
    if (!lacking.isEmpty() && (!named.isEmpty() || containers.isEmpty())) {
      throw new PlanException(toStart(lacking.getFirst()));
    }
    lacking.forEach(service -> plan.notice(Notice.Kind.LACKING, toStart(service) + "."));
    Map<String, Node> starts =
        starts(services, Map.of(), _ -> true, container -> Wording.idle(container));
    restartSharers(starts);
    return plan.build();
  }

  /** The services that should have containers and have none. */
  private List<String> lacking(Collection<String> services) {
    return services.stream()
        .map(project::service)
        .flatMap(Optional::stream)
        .filter(service -> service.scale() > 0 && service.provider().isEmpty())
        .map(Service::name)
        .filter(service -> containers(service).isEmpty())
        .toList();
  }

  private static String toStart(String service) {
    return "service \"" + service + "\" has no container to start; \"up " + service + "\" makes one";
  }

  /**
   * What lives in the namespaces of a container that is started gets the new ones: those that it
   * runs in went with the last run.
   *
   * @param starts by the containers' ids
   */
  private void restartSharers(Map<String, Node> starts) {
    Steps steps = new Steps(plan, Optional.empty());
    for (String service : graph.order()) {
      for (ObservedContainer container : containers(service)) {
        List<Node> owners =
            container.namespaceOwners().stream().map(starts::get).filter(Objects::nonNull).toList();
        if (container.state().active() && !owners.isEmpty() && Sharing.joined(container.config())) {
          String because = "it lives in the namespaces of a container that starts anew";
          starts.put(
              container.id(),
              plan.add(new Action.StartContainer(ContainerRef.of(container)), because)
                  .after(steps.stop(container, because))
                  .after(owners));
        }
      }
    }
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
    lacking(services)
        .forEach(
            service ->
                plan.notice(
                    Notice.Kind.LACKING,
                    "service \"" + service + "\" has no container to restart; \"up " + service
                        + "\" makes one."));
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

  /** Returns the steps that start containers, by these containers' ids. */
  private Map<String, Node> starts(
      Collection<String> services, Map<String, List<Node>> stops, Waits waits, Why why) {
    Map<String, List<Node>> starts = new HashMap<>();
    Map<String, Node> byContainer = new HashMap<>();
    for (String service : graph.order()) {
      if (!services.contains(service)) {
        continue;
      }
      List<ObservedContainer> existing = containers(service);
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
        byContainer.put(container.id(), start);
      }
      starts.put(service, own);
    }
    return byContainer;
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

  /** What has no containers is no mistake here: whoever asks has compared the names with the file. */
  private SortedSet<String> named(Set<String> services) {
    return new TreeSet<>(services.isEmpty() ? graph.order() : services);
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

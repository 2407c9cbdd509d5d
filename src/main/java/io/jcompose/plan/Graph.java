package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Project;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which service depends on which: those of the model, and for services that only exist as
 * containers, what was recorded when they were made.
 *
 * <p>The loader refuses cycles. What was recorded can still hold one, so an edge that would close a
 * cycle is left out.
 */
final class Graph {
  private final SortedMap<String, SortedMap<String, Dependency>> edges = new TreeMap<>();
  private final List<String> order = new ArrayList<>();

  private Graph() {}

  static Graph of(Project project, Observed observed) {
    Graph graph = new Graph();
    for (ObservedContainer container : observed.containers()) {
      if (!project.services().containsKey(container.service())) {
        SortedMap<String, Dependency> needs =
            graph.edges.computeIfAbsent(container.service(), _ -> new TreeMap<>());
        container.dependsOn().forEach(edge -> needs.put(edge.service(), edge));
      }
    }
    project
        .services()
        .forEach((name, service) -> graph.edges.put(name, new TreeMap<>(service.dependsOn())));
    graph.sort();
    return graph;
  }

  /** Orders the services, dependencies first and else by name, and drops what closes a cycle. */
  private void sort() {
    edges.forEach((service, needs) -> needs.keySet().retainAll(edges.keySet()));
    Set<String> done = new LinkedHashSet<>();
    for (String service : edges.keySet()) {
      visit(service, done, new HashSet<>());
    }
    order.addAll(done);
  }

  private void visit(String service, Set<String> done, Set<String> path) {
    if (done.contains(service)) {
      return;
    }
    path.add(service);
    edges.get(service).keySet().removeIf(path::contains);
    for (String needed : List.copyOf(edges.get(service).keySet())) {
      visit(needed, done, path);
    }
    path.remove(service);
    done.add(service);
  }

  /** All services, each after those that it depends on. */
  List<String> order() {
    return order;
  }

  /** What a service depends on directly, by name. */
  Collection<Dependency> dependencies(String service) {
    return edges.getOrDefault(service, new TreeMap<>()).values();
  }

  /** The services that depend on this one directly. */
  SortedSet<String> dependents(String service) {
    SortedSet<String> dependents = new TreeSet<>();
    edges.forEach(
        (name, needs) -> {
          if (needs.containsKey(service)) {
            dependents.add(name);
          }
        });
    return dependents;
  }

  /** These services and all that they depend on, near and far. */
  SortedSet<String> withDependencies(Collection<String> services) {
    return reach(services, this::dependencies, Dependency::service, _ -> true);
  }

  /** These services and all that restart with them, near and far. */
  SortedSet<String> withRestarting(Collection<String> services) {
    return reach(
        services,
        service -> dependents(service).stream().map(name -> edge(name, service)).toList(),
        Edge::from,
        edge -> edge.dependency().restart());
  }

  private record Edge(String from, Dependency dependency) {}

  private Edge edge(String from, String to) {
    return new Edge(from, edges.get(from).get(to));
  }

  private <E> SortedSet<String> reach(
      Collection<String> from,
      Function<String, Collection<E>> next,
      Function<E, String> name,
      Predicate<E> follow) {
    SortedSet<String> reached = new TreeSet<>(from);
    List<String> open = new ArrayList<>(reached);
    while (!open.isEmpty()) {
      for (E edge : next.apply(open.removeLast())) {
        if (follow.test(edge) && reached.add(name.apply(edge))) {
          open.add(name.apply(edge));
        }
      }
    }
    return reached;
  }

  /**
   * What the nearest dependents of a service have in a map: where a dependent has nothing, its own
   * dependents stand in for it.
   */
  <T> List<T> ofDependents(String service, Map<String, List<T>> what) {
    List<T> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<String> open = new ArrayList<>(dependents(service));
    while (!open.isEmpty()) {
      String dependent = open.removeFirst();
      if (!seen.add(dependent)) {
        continue;
      }
      List<T> own = what.getOrDefault(dependent, List.of());
      found.addAll(own);
      if (own.isEmpty()) {
        open.addAll(dependents(dependent));
      }
    }
    return found;
  }
}

package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.plan.PlanBuilder.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The steps that wait for a service, one for all dependents that ask for the same. */
final class Awaits {
  private final PlanBuilder plan;
  private final Graph graph;
  private final Map<Key, Node> awaits = new HashMap<>();

  private record Key(String service, Condition condition, boolean required) {}

  Awaits(PlanBuilder plan, Graph graph) {
    this.plan = plan;
    this.graph = graph;
  }

  /**
   * The steps that a dependent's start comes after: the dependency's own starts where that is
   * enough, else a step that waits.
   *
   * @param started the steps of this plan that start the dependency
   */
  List<Node> after(Dependency dependency, List<Node> started) {
    boolean order = dependency.condition() == Condition.STARTED;
    if (order && (dependency.required() || started.isEmpty())) {
      return started;
    }
    Key key = new Key(dependency.service(), dependency.condition(), dependency.required());
    return List.of(
        awaits.computeIfAbsent(
            key,
            _ ->
                plan.add(
                        new Action.AwaitDependency(
                            key.service(), key.condition(), key.required()),
                        "needed by "
                            + Wording.list(dependents(key))
                            + " ("
                            + key.condition().word()
                            + ")")
                    .after(started)));
  }

  private SortedSet<String> dependents(Key key) {
    SortedSet<String> dependents = new TreeSet<>();
    for (String name : graph.dependents(key.service())) {
      for (Dependency edge : graph.dependencies(name)) {
        if (new Key(edge.service(), edge.condition(), edge.required()).equals(key)) {
          dependents.add(name);
        }
      }
    }
    return dependents;
  }
}

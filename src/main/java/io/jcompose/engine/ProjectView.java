package io.jcompose.engine;

import io.jcompose.plan.ContainerState;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A project as its containers tell of it.
 *
 * @param states how many containers are in each state
 * @param files the Compose files that the newest of them was made from
 */
public record ProjectView(String name, SortedMap<ContainerState, Integer> states, List<String> files) {

  static List<ProjectView> of(Units units) {
    Map<String, List<Unit>> projects =
        units.all().stream()
            .filter(u -> !u.record().project().isEmpty())
            .collect(Collectors.groupingBy(u -> u.record().project(), TreeMap::new, Collectors.toList()));
    return projects.entrySet().stream().map(e -> of(e.getKey(), e.getValue())).toList();
  }

  private static ProjectView of(String name, List<Unit> containers) {
    SortedMap<ContainerState, Integer> states = new TreeMap<>();
    containers.forEach(u -> states.merge(u.status().state(), 1, Integer::sum));
    Unit newest =
        containers.stream()
            .max(java.util.Comparator.comparingLong(u -> u.record().created()))
            .orElseThrow();
    return new ProjectView(name, states, newest.record().configFiles());
  }

  /** Whether any of it is active. */
  public boolean runs() {
    return states.keySet().stream().anyMatch(ContainerState::active);
  }

  /** {@code exited(1), running(2)}. */
  public String status() {
    return states.entrySet().stream()
        .map(e -> e.getKey().word() + "(" + e.getValue() + ")")
        .sorted()
        .collect(Collectors.joining(", "));
  }
}

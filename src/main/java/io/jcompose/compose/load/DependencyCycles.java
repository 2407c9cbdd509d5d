package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds services that wait for themselves. */
final class DependencyCycles {

  private record Step(String name, List<String> rest) {}

  private final Map<String, Node> services;
  private final Session session;
  private final Set<String> done = new HashSet<>();

  DependencyCycles(Map<String, Node> services, Session session) {
    this.services = services;
    this.session = session;
  }

  /** Reports each cycle as a chain. */
  void report() {
    services.keySet().stream().sorted().forEach(this::visit);
  }

  /** With a stack of its own: a chain of services may be longer than the thread's stack is deep. */
  private void visit(String start) {
    if (done.contains(start)) {
      return;
    }
    List<Step> stack = new ArrayList<>();
    Set<String> open = new HashSet<>();
    stack.add(new Step(start, dependencies(start)));
    open.add(start);
    while (!stack.isEmpty()) {
      Step step = stack.getLast();
      if (step.rest().isEmpty()) {
        stack.removeLast();
        open.remove(step.name());
        done.add(step.name());
        continue;
      }
      String next = step.rest().removeFirst();
      if (open.contains(next)) {
        report(stack, next);
        done.addAll(open);
        return;
      }
      if (!done.contains(next)) {
        stack.add(new Step(next, dependencies(next)));
        open.add(next);
      }
    }
  }

  private void report(List<Step> stack, String again) {
    List<String> chain = new ArrayList<>();
    stack.stream().map(Step::name).dropWhile(n -> !n.equals(again)).forEach(chain::add);
    chain.add(again);
    String last = stack.getLast().name();
    session.report(
        ((MapNode) services.get(last))
            .map("depends_on")
            .keyPlace(again)
            .problem(
                "services." + last + ".depends_on",
                "dependency cycle detected: " + String.join(" -> ", chain)));
  }

  private List<String> dependencies(String name) {
    List<String> names = new ArrayList<>();
    if (services.get(name) instanceof MapNode service) {
      Values.entries(service.get("depends_on")).keySet().stream()
          .filter(services::containsKey)
          .sorted()
          .forEach(names::add);
    }
    return names;
  }
}

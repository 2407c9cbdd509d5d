package io.jcompose.plan;

import io.jcompose.plan.PlanBuilder.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Sees to it that what only one container can have is free before the next one takes it: a name, a
 * port of the host, a fixed address may go from one service to another in one plan.
 */
final class Handovers {
  private record Naming(Node node, String name) {}

  private record Start(Node node, Config config) {}

  private final List<Naming> namings = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();

  /** With this step a container gets that name. */
  void naming(Node node, String name) {
    namings.add(new Naming(node, name));
  }

  /** With this step a container with these settings takes what it holds while it runs. */
  void start(Node node, Config config) {
    starts.add(new Start(node, config));
  }

  /** Lets those steps wait for the removal of whoever has it now. */
  void order(Collection<ObservedContainer> containers, Steps steps) {
    for (ObservedContainer container : containers) {
      Optional<Node> removal = steps.removal(container);
      if (removal.isEmpty()) {
        continue;
      }
      namings.stream()
          .filter(naming -> naming.name().equals(container.name()))
          .forEach(naming -> naming.node().after(removal.get()));
      Held held = Held.of(container.config());
      if (!held.nothing()) {
        starts.stream()
            .filter(start -> held.meets(Held.of(start.config())))
            .forEach(start -> start.node().after(removal.get()));
      }
    }
  }
}

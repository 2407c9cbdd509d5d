package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What becomes of the containers of one service.
 *
 * @param service the service
 * @param scale how many containers it is to have
 * @param found how many it has
 * @param kept those that stay
 * @param replaced those whose place a new one takes
 * @param surplus those that go
 * @param created the numbers of new ones
 */
record ServiceDecision(
    Service service,
    int scale,
    int found,
    List<ObservedContainer> kept,
    List<Replaced> replaced,
    List<ObservedContainer> surplus,
    List<ContainerRef> created) {

  /**
   * A container that a new one takes the place of.
   *
   * @param old the one that goes
   * @param next the one that comes
   * @param cause why
   */
  record Replaced(ObservedContainer old, ContainerRef next, Cause cause) {}

  /**
   * Decides: low numbers and up-to-date containers stay, high numbers go first, and an out-of-date
   * one goes in preference to a good one. New ones get numbers above all others; gaps stay.
   */
  static ServiceDecision of(
      Project project,
      Service service,
      int scale,
      List<ObservedContainer> containers,
      Function<ObservedContainer, Optional<Cause>> divergence) {
    if (service.containerName().isPresent() && scale > 1) {
      throw Wording.at(
          project,
          "services." + service.name() + ".container_name",
          "only one container can have the name \""
              + service.containerName().get()
              + "\", and "
              + scale
              + " are asked for; take container_name away or ask for one");
    }
    record Candidate(ObservedContainer container, Optional<Cause> cause) {}
    List<Candidate> candidates =
        containers.stream()
            .map(container -> new Candidate(container, divergence.apply(container)))
            .sorted(
                Comparator.comparing((Candidate c) -> c.cause().isPresent())
                    .thenComparing(c -> c.container().number())
                    .thenComparing(c -> c.container().name()))
            .toList();
    ServiceDecision decision =
        new ServiceDecision(
            service,
            scale,
            containers.size(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (Candidate candidate : candidates) {
      ObservedContainer container = candidate.container();
      if (decision.kept.size() + decision.replaced.size() >= scale) {
        decision.surplus.add(container);
      } else if (candidate.cause().isPresent()) {
        ContainerRef next = ref(project, service, container.number());
        decision.replaced.add(new Replaced(container, next, candidate.cause().get()));
      } else {
        decision.kept.add(container);
      }
    }
    int last = containers.stream().mapToInt(ObservedContainer::number).max().orElse(0);
    int missing = scale - decision.kept.size() - decision.replaced.size();
    for (int number = last + 1; number <= last + missing; number++) {
      decision.created.add(ref(project, service, number));
    }
    return decision;
  }

  private static ContainerRef ref(Project project, Service service, int number) {
    return new ContainerRef(
        service.name(), number, Names.container(project, service, number), "");
  }

  /** The container that others share namespaces and volumes with: the one of lowest number. */
  Optional<ContainerRef> first() {
    return Stream.of(
            kept.stream().map(ContainerRef::of),
            replaced.stream().map(Replaced::next),
            created.stream())
        .flatMap(refs -> refs)
        .min(Comparator.comparingInt(ContainerRef::number));
  }

  /** Why there is a new container where none was. */
  String whyCreated() {
    return found == 0
        ? service.name() + " has no container yet"
        : service.name() + " has " + found + " of " + scale + " containers";
  }
}

package io.jcompose.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Snapshots in which something has happened since the last plan. */
final class Edited {
  private Edited() {}

  static Observed containers(Observed observed, UnaryOperator<ObservedContainer> change) {
    return with(observed, observed.containers().stream().map(change).toList());
  }

  static Observed with(Observed observed, List<ObservedContainer> containers) {
    return new Observed(
        observed.project(),
        observed.taken(),
        containers,
        observed.networks(),
        observed.volumes(),
        observed.images());
  }

  static Observed and(Observed observed, ObservedContainer container) {
    List<ObservedContainer> containers = new ArrayList<>(observed.containers());
    containers.add(container);
    return with(observed, containers);
  }

  static Observed state(Observed observed, String name, ContainerState state) {
    return containers(observed, c -> c.name().equals(name) ? in(c, state) : c);
  }

  static ObservedContainer in(ObservedContainer c, ContainerState state) {
    return new ObservedContainer(
        c.id(),
        c.name(),
        c.service(),
        c.number(),
        c.oneOff(),
        state,
        state == ContainerState.RUNNING ? c.health() : Health.NONE,
        0,
        c.config(),
        c.imageId(),
        c.networks(),
        c.volumes(),
        c.namespaceOwners(),
        c.dependsOn(),
        c.replaces());
  }

  /** The same container for a service that nobody knows, or as a one-off one. */
  static ObservedContainer as(
      ObservedContainer c, String id, String name, String service, boolean oneOff) {
    return new ObservedContainer(
        id,
        name,
        service,
        oneOff ? 0 : 1,
        oneOff,
        c.state(),
        c.health(),
        0,
        c.config(),
        c.imageId(),
        c.networks(),
        c.volumes(),
        c.namespaceOwners(),
        List.of(),
        "");
  }
}

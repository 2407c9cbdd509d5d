package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.PlanBuilder.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides what {@code down} does: dependents stop before what they depend on, replicas at the same
 * time; networks go when the last container is off them, volumes when the last user is gone.
 */
final class Teardown {
  private final Project project;
  private final Observed observed;
  private final DownOptions options;
  private final Graph graph;
  private final List<ObservedContainer> leaving = new ArrayList<>();
  private final List<ObservedContainer> staying = new ArrayList<>();
  private final PlanBuilder plan = new PlanBuilder();
  private final Steps steps;

  Teardown(Project project, Observed observed, DownOptions options) {
    this.project = project;
    this.observed = observed;
    this.options = options;
    this.graph = Graph.of(project, observed);
    this.steps = new Steps(plan, options.timeout());
    for (ObservedContainer container : observed.containers()) {
      (leaves(container) ? leaving : staying).add(container);
    }
  }

  private boolean leaves(ObservedContainer container) {
    if (!options.services().isEmpty() && !options.services().contains(container.service())) {
      return false;
    }
    boolean orphan = container.oneOff() || !project.knows(container.service());
    return !orphan || options.orphans() == Orphans.REMOVE;
  }

  Plan plan() {
    if (!project.services().isEmpty()) {
      Selection.check(project, options.services());
    }
    Set<String> services = new TreeSet<>(Set.copyOf(graph.order()));
    List<String> order = graph.order().reversed();
    for (String service : order) {
      leaving.stream()
          .filter(container -> container.service().equals(service))
          .sorted(Comparator.comparing(ObservedContainer::name))
          .forEach(
              container ->
                  steps.remove(container, options.volumes(), "the project is taken down"));
    }
    steps.dependentsFirst(graph, services);
    removeNetworks();
    if (options.volumes()) {
      removeVolumes();
    }
    removeImages();
    if (options.orphans() == Orphans.WARN && options.services().isEmpty()) {
      OrphanRules.warn(plan, staying);
    }
    return plan.buildTeardown();
  }

  private void removeNetworks() {
    for (ObservedNetwork network : sortedNetworks()) {
      if (!network.project().equals(project.name())) {
        continue;
      }
      List<String> users =
          staying.stream()
              .filter(c -> UpPlanner.attachedTo(c, network))
              .map(ObservedContainer::name)
              .toList();
      if (users.isEmpty()) {
        plan.add(
                new Action.RemoveNetwork(network.id(), network.name()),
                "the project is taken down")
            .after(
                removals(
                    leaving.stream().filter(c -> UpPlanner.attachedTo(c, network)).toList()));
      } else if (options.services().isEmpty()) {
        plan.notice(
            Notice.Kind.KEPT,
            "Network \""
                + network.name()
                + "\" stays: "
                + Wording.list(users)
                + " still use"
                + (users.size() == 1 ? "s" : "")
                + " it.");
      }
    }
  }

  private List<ObservedNetwork> sortedNetworks() {
    return observed.networks().stream()
        .sorted(Comparator.comparing(ObservedNetwork::name))
        .toList();
  }

  private void removeVolumes() {
    Set<String> names = ownVolumes();
    Map<String, Node> removed = new TreeMap<>();
    observed.volumes().stream()
        .filter(volume -> names.contains(volume.name()))
        .sorted(Comparator.comparing(ObservedVolume::name))
        .forEach(
            volume -> {
              List<ObservedContainer> users =
                  VolumeDecisions.users(observed, volume.name());
              List<String> stay =
                  users.stream()
                      .filter(staying::contains)
                      .map(ObservedContainer::name)
                      .toList();
              if (!volume.project().equals(project.name())) {
                plan.notice(
                    Notice.Kind.KEPT,
                    "Volume \""
                        + volume.name()
                        + "\" stays: it was not made for project \""
                        + project.name()
                        + "\".");
              } else if (stay.isEmpty()) {
                removed.put(
                    volume.name(),
                    plan.add(
                            new Action.RemoveVolume(volume.name()),
                            "its data was asked to go too")
                        .after(removals(users)));
              } else {
                plan.notice(
                    Notice.Kind.KEPT,
                    "Volume \""
                        + volume.name()
                        + "\" stays: "
                        + Wording.list(stay)
                        + " still use"
                        + (stay.size() == 1 ? "s" : "")
                        + " it.");
              }
            });
    if (options.keepSnapshot() && !removed.isEmpty()) {
      Node snapshot =
          plan.add(
                  new Action.SnapshotVolumes(List.copyOf(removed.keySet())),
                  "what they held last was asked to be kept")
              .after(removals(leaving));
      removed.values().forEach(node -> node.after(snapshot));
    }
  }

  /** The volumes that the file declares and this project made; those of the services named. */
  private Set<String> ownVolumes() {
    return project.volumes().values().stream()
        .filter(spec -> !spec.external())
        .filter(
            spec ->
                options.services().isEmpty()
                    || project.services().values().stream()
                        .filter(s -> s.storage().volumeKeys().contains(spec.key()))
                        .allMatch(s -> options.services().contains(s.name())))
        .map(spec -> spec.name())
        .collect(Collectors.toSet());
  }

  private void removeImages() {
    Map<String, Service> byReference =
        project.services().values().stream()
            .filter(s -> options.services().isEmpty() || options.services().contains(s.name()))
            .filter(s -> s.provider().isEmpty())
            .filter(
                s ->
                    switch (options.images()) {
                      case NONE -> false;
                      case LOCAL -> s.image().isEmpty();
                      case ALL -> true;
                    })
            .collect(
                Collectors.toMap(
                    s -> Names.image(project, s),
                    s -> s,
                    (one, _) -> one,
                    TreeMap::new));
    byReference.forEach(
        (reference, _) -> {
          if (observed.images().containsKey(reference)) {
            plan.add(new Action.RemoveImage(reference), "images were asked to go too")
                .after(removals(leaving));
          }
        });
  }

  private List<Node> removals(List<ObservedContainer> containers) {
    return containers.stream()
        .map(steps::removal)
        .flatMap(Optional::stream)
        .toList();
  }
}

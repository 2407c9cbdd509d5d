package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import java.util.Comparator;
import java.util.List;

/** Which containers of a project no service of its file stands for. */
final class OrphanRules {
  private OrphanRules() {}

  /** A one-off container is an orphan once it has ended; a switched-off service's is none. */
  static List<ObservedContainer> orphans(Project project, List<ObservedContainer> containers) {
    return containers.stream()
        .filter(
            container ->
                container.oneOff()
                    ? container.state() == ContainerState.EXITED
                        || container.state() == ContainerState.DEAD
                    : !project.knows(container.service()))
        .sorted(Comparator.comparing(ObservedContainer::name))
        .toList();
  }

  static void warn(PlanBuilder plan, List<ObservedContainer> orphans) {
    List<String> names =
        orphans.stream().filter(c -> !c.oneOff()).map(ObservedContainer::name).toList();
    if (!names.isEmpty()) {
      plan.notice(
          Notice.Kind.ORPHANS,
          "Orphan containers: "
              + Wording.list(names)
              + ". No service of the file stands for them; --remove-orphans removes them.");
    }
  }
}

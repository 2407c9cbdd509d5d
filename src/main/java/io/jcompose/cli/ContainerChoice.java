package io.jcompose.cli;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The containers of the project that a command is about. */
final class ContainerChoice {
  private final CommandContext context;

  ContainerChoice(CommandContext context) {
    this.context = context;
  }

  /** The project's name; from the file, or where none is at hand from -p or COMPOSE_PROJECT_NAME. */
  String projectName() {
    return projectName(projectIfAny());
  }

  String projectName(Optional<Project> project) {
    return project.map(Project::name).or(this::givenName).orElseThrow();
  }

  /** The project; a name that was given will do without a file, be it of a project or not. */
  Optional<Project> projectIfAny() {
    return projectIfAny(List.of());
  }

  /**
   * As {@link #projectIfAny()}.
   *
   * @param services that are active whatever their profiles
   */
  Optional<Project> projectIfAny(List<String> services) {
    try {
      return Optional.of(new ProjectSource(context).load(Set.of(), services).project());
    } catch (ComposeException e) {
      if (givenName().isPresent()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<String> givenName() {
    return context.options().files.isEmpty()
        ? Optional.ofNullable(context.options().projectName)
            .or(() -> Optional.ofNullable(context.environment().get("COMPOSE_PROJECT_NAME")))
            .filter(name -> !name.isEmpty())
        : Optional.empty();
  }

  /** All containers of the project, or of the named services; one that nobody knows is an error. */
  List<ContainerView> of(List<String> services) {
    String project = projectName();
    List<ContainerView> all = context.engine().containers().list(project);
    for (String service : services) {
      boolean exists = all.stream().anyMatch(c -> c.service().equals(service));
      if (!exists && !declared(service)) {
        throw new EngineException("no such service: " + service);
      }
    }
    return all.stream()
        .filter(c -> services.isEmpty() || services.contains(c.service()))
        .sorted(Comparator.comparing(ContainerView::name))
        .toList();
  }

  boolean declared(String service) {
    try {
      Project project = new ProjectSource(context).load();
      return project.knows(service);
    } catch (ComposeException e) {
      return false;
    }
  }

  /** One container of a service; where it is not said which, the first that runs or, without any, the first. */
  ContainerView one(String service, int index) {
    List<ContainerView> candidates =
        of(List.of(service)).stream()
            .filter(c -> c.number() > 0 && (index == 0 || c.number() == index))
            .sorted(
                Comparator.comparing((ContainerView c) -> !c.state().hasProcess())
                    .thenComparingInt(ContainerView::number))
            .toList();
    if (candidates.isEmpty()) {
      throw new EngineException(
          "service \"" + service + "\" is not running" + (index == 0 ? "" : " container #" + index)
              + "; start it with \"jcompose up -d " + service + "\"");
    }
    return candidates.getFirst();
  }
}

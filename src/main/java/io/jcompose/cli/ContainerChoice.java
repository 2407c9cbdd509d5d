package io.jcompose.cli;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The containers of the project that a command is about. */
final class ContainerChoice {
  private final CommandContext context;

  ContainerChoice(CommandContext context) {
    this.context = context;
  }

  /** The project's name; from the file, or with -p and no file at hand from what the engine knows. */
  String projectName() {
    String given = context.options().projectName;
    try {
      return new ProjectSource(context).load().name();
    } catch (ComposeException e) {
      if (given != null && context.options().files.isEmpty() && context.engine().containers().known(given)) {
        return given;
      }
      throw e;
    }
  }

  /** With -p and no file at hand, what the engine remembers of the project is enough. */
  Optional<Project> projectIfAny() {
    if (context.options().projectName == null || !context.options().files.isEmpty()) {
      return Optional.of(new ProjectSource(context).load());
    }
    try {
      return Optional.of(new ProjectSource(context).load());
    } catch (ComposeException e) {
      if (context.engine().containers().known(context.options().projectName)) {
        return Optional.empty();
      }
      throw e;
    }
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

  /** One running container of a service. */
  ContainerView one(String service, int index) {
    List<ContainerView> candidates =
        of(List.of(service)).stream()
            .filter(c -> c.number() > 0 && (index == 0 || c.number() == index))
            .sorted(Comparator.comparingInt(ContainerView::number))
            .toList();
    if (candidates.isEmpty()) {
      throw new EngineException(
          "service \"" + service + "\" is not running" + (index == 0 ? "" : " container #" + index)
              + "; start it with \"jcompose up -d " + service + "\"");
    }
    return candidates.getFirst();
  }
}

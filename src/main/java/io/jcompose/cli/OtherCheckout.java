package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps two copies of a project that have one name, such as two checkouts, from taking each other's containers for
 * their own. Whoever gives the name on the command line means it.
 */
final class OtherCheckout {
  private OtherCheckout() {}

  static void refuse(CommandContext context, Project project) {
    boolean named =
        context.options().projectName != null
            || !context.invocation().environment().getOrDefault("COMPOSE_PROJECT_NAME", "").isEmpty();
    if (named) {
      return;
    }
    Optional<Path> other = context.engine().containers().otherDirectory(project.name(), project.directory());
    if (other.isPresent()) {
      throw new EngineException(
          "project \"" + project.name() + "\" has containers that were made in " + other.get() + ", and this is "
              + project.directory() + ". Give this one a name of its own (-p NAME, or name: in its file), take the"
              + " other down (jcompose -p " + project.name() + " down), or say -p " + project.name()
              + " if both are meant to be one");
    }
  }
}

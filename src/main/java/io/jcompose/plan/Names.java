package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;

/** The names that follow from a project's and a service's. */
public final class Names {
  private Names() {}

  /** {@code project-service-N}, or the service's {@code container_name}. */
  public static String container(Project project, Service service, int number) {
    return service
        .containerName()
        .orElseGet(() -> String.join(separator(project), project.name(), service.name(), Integer.toString(number)));
  }

  /** As the first Compose wrote names, where {@code COMPOSE_COMPATIBILITY} asks for it. */
  private static String separator(Project project) {
    String asked = project.environment().getOrDefault("COMPOSE_COMPATIBILITY", "");
    return asked.equals("1") || asked.equalsIgnoreCase("true") ? "_" : "-";
  }

  /** The service's {@code image}, or {@code project-service} where it is only built. */
  public static String image(Project project, Service service) {
    return service.image().orElseGet(() -> project.name() + "-" + service.name());
  }

  /** The name of a container until the one whose place it takes has gone. */
  static String replacement(ObservedContainer old, String finalName) {
    return Wording.shortId(old.id()) + "_" + finalName;
  }
}

package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import java.util.Collection;

/** The services that a verb was given by name. */
final class Selection {
  private Selection() {}

  /** Refuses names that the project doesn't have. */
  static void check(Project project, Collection<String> services) {
    for (String service : services.stream().sorted().toList()) {
      if (project.services().containsKey(service)) {
        continue;
      }
      if (project.disabledServices().containsKey(service)) {
        throw new PlanException(
            "service \""
                + service
                + "\" is off; enable it with --profile "
                + String.join(" or --profile ", project.disabledServices().get(service)));
      }
      throw new PlanException(
          "no such service: "
              + service
              + "; the project has "
              + Wording.list(project.services().keySet()));
    }
  }
}

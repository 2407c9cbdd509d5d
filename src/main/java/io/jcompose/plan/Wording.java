package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import java.util.Collection;
import java.util.stream.Collectors;

/** Names and sentences that several planners say in the same words. */
final class Wording {
  private Wording() {}

  /** The first 12 hex digits of an id, with or without its algorithm in front. */
  static String shortId(String id) {
    String hex = id.substring(id.indexOf(':') + 1);
    return hex.substring(0, Math.min(12, hex.length()));
  }

  static String list(Collection<String> names) {
    return names.stream().sorted().collect(Collectors.joining(", "));
  }

  /** A mistake in the file: {@code compose.yaml:7:9: services.web: …}. */
  static PlanException at(Project project, String path, String message) {
    return new PlanException(path + ": " + message, project.marks().find(path));
  }

  /** What a container that does not run is doing instead. */
  static String idle(ObservedContainer container) {
    return switch (container.state()) {
      case CREATED -> "it was created and never started";
      case EXITED -> "it has exited with code " + container.exitCode();
      case PAUSED -> "it is paused";
      case DEAD -> "it is dead";
      case RUNNING, RESTARTING -> "it is " + container.state().word();
    };
  }
}

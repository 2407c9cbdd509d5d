package io.jcompose.engine.compile;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.state.PublishedPort;
import java.util.List;

/** The ports that a service's containers really publish. */
public final class PublishedPorts {
  private PublishedPorts() {}

  /**
   * None for a container that has no network of its own, or only internal ones: nothing is published into those
   * (SEMANTICS 3.8).
   */
  public static List<PublishedPort> of(Project project, Service service) {
    boolean reachable =
        service.networking().networks().keySet().stream()
            .anyMatch(key -> !project.networks().get(key).internal());
    if (!reachable) {
      return List.of();
    }
    return service.networking().ports().stream()
        .map(
            port ->
                new PublishedPort(
                    port.hostIp().orElse(""),
                    port.published().map(p -> p.first()).orElse(0),
                    port.published().map(p -> p.last()).orElse(0),
                    port.target(),
                    port.protocol()))
        .toList();
  }
}

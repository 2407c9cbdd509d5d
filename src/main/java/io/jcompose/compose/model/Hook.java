package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command that runs beside a service's process.
 *
 * @param command program and arguments
 * @param image of the container of a {@code pre_start} hook; empty: the service's
 * @param user empty: the service's
 * @param privileged everything allowed
 * @param workingDir empty: the service's
 * @param environment on top of the service's; an empty value: named without one
 */
public record Hook(
    List<String> command,
    Optional<String> image,
    Optional<String> user,
    boolean privileged,
    Optional<String> workingDir,
    Map<String, Optional<String>> environment) {

  public Hook {
    command = List.copyOf(command);
    environment = Maps.sorted(environment);
  }
}

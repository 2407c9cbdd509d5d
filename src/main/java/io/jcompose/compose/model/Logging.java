package io.jcompose.compose.model;

import java.util.Map;
import java.util.Optional;

/**
 * Where a container's output goes.
 *
 * @param driver empty: the engine's default
 * @param options of the driver
 */
public record Logging(Optional<String> driver, Map<String, String> options) {

  public Logging {
    options = Maps.sorted(options);
  }
}

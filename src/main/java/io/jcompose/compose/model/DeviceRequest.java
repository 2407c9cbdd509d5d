package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Devices asked for by what they can do.
 *
 * @param capabilities such as {@code gpu}
 * @param driver such as {@code nvidia}
 * @param count −1: all
 * @param deviceIds particular ones
 * @param options of the driver
 */
public record DeviceRequest(
    List<String> capabilities,
    Optional<String> driver,
    OptionalInt count,
    List<String> deviceIds,
    Map<String, String> options) {

  public DeviceRequest {
    capabilities = List.copyOf(capabilities);
    deviceIds = List.copyOf(deviceIds);
    options = Maps.sorted(options);
  }
}

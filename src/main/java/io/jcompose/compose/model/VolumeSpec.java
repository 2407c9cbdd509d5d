package io.jcompose.compose.model;

import java.util.Map;
import java.util.Optional;

/**
 * A named volume.
 *
 * @param key below {@code volumes}
 * @param name the real name: {@code project_key} unless the file gives one
 * @param external whether it must exist already and is never changed
 * @param driver empty: {@code local}
 * @param driverOptions of the driver
 * @param labels of the volume
 * @param fingerprint over all that asks for a new volume when it changes
 */
public record VolumeSpec(
    String key,
    String name,
    boolean external,
    Optional<String> driver,
    Map<String, String> driverOptions,
    Map<String, String> labels,
    Fingerprint fingerprint) {

  public VolumeSpec {
    driverOptions = Maps.sorted(driverOptions);
    labels = Maps.sorted(labels);
  }

  /** A plain volume. */
  public static VolumeSpec of(String key, String name) {
    return new VolumeSpec(key, name, false, Optional.empty(), Map.of(), Map.of(), Fingerprint.NONE);
  }
}

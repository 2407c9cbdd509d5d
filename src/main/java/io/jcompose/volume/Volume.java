package io.jcompose.volume;

import java.util.Map;
import java.util.Objects;

/**
 * A volume.
 *
 * @param name {@code [a-zA-Z0-9][a-zA-Z0-9_.-]*}
 * @param options of the driver {@code local}
 * @param project the project that made it; empty: none
 * @param key its name in that project's file; empty for an anonymous one
 * @param config the settings that it was made from, path → value
 * @param anonymous nobody named it; it belongs to a container
 * @param created milliseconds since the epoch
 */
public record Volume(
    String name,
    Map<String, String> options,
    Map<String, String> labels,
    String project,
    String key,
    Map<String, String> config,
    boolean anonymous,
    long created) {
  public Volume {
    Objects.requireNonNull(project, "project");
    Objects.requireNonNull(key, "key");
    options = Map.copyOf(options);
    labels = Map.copyOf(labels);
    config = Map.copyOf(config);
  }
}

package io.jcompose.compose.model;

import java.util.Map;
import java.util.Optional;

/**
 * A config.
 *
 * @param key below {@code configs}
 * @param name the real name: {@code project_key} unless the file gives one
 * @param source where its bytes come from
 * @param labels of the config
 * @param templateDriver of the platform; kept as written
 */
public record ConfigSpec(
    String key,
    String name,
    FileSource source,
    Map<String, String> labels,
    Optional<String> templateDriver) {

  public ConfigSpec {
    labels = Maps.sorted(labels);
  }
}

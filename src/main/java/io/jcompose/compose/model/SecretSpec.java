package io.jcompose.compose.model;

import java.util.Map;
import java.util.Optional;

/**
 * A secret.
 *
 * @param key below {@code secrets}
 * @param name the real name: {@code project_key} unless the file gives one
 * @param source where its bytes come from
 * @param labels of the secret
 * @param templateDriver of the platform; kept as written
 */
public record SecretSpec(
    String key,
    String name,
    FileSource source,
    Map<String, String> labels,
    Optional<String> templateDriver) {

  public SecretSpec {
    labels = Maps.sorted(labels);
  }
}

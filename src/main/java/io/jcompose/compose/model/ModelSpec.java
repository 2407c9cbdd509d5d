package io.jcompose.compose.model;

import java.util.List;
import java.util.OptionalLong;

/**
 * An AI model.
 *
 * @param key below {@code models}
 * @param name the real name
 * @param model the artifact's reference
 * @param contextSize tokens
 * @param runtimeFlags of the inference engine
 */
public record ModelSpec(
    String key, String name, String model, OptionalLong contextSize, List<String> runtimeFlags) {

  public ModelSpec {
    runtimeFlags = List.copyOf(runtimeFlags);
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.yaml.MapNode;
import java.util.List;

/**
 * What loading gives.
 *
 * @param project the project
 * @param tree the same as a tree in canonical form, from which {@code config} prints
 * @param warnings what is worth saying and stops nothing, each once
 */
public record Loaded(Project project, MapNode tree, List<String> warnings) {

  public Loaded {
    warnings = List.copyOf(warnings);
  }
}

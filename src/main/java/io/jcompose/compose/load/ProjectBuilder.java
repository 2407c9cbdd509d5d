package io.jcompose.compose.load;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.SourceMap;
import io.jcompose.compose.yaml.MapNode;
import java.util.List;
import java.util.Map;

/** Makes the project's records of its canonical tree. */
final class ProjectBuilder {

  private ProjectBuilder() {}

  static Project build(
      MapNode root,
      Discovery found,
      String name,
      Map<String, String> environment,
      Map<String, List<String>> disabled,
      List<String> profiles) {
    return new Project(
        name,
        found.directory(),
        found.files(),
        found.envFiles(),
        environment,
        Map.of(),
        disabled,
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        profiles,
        SourceMap.EMPTY);
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.yaml.MapNode;
import java.util.List;
import java.util.function.Supplier;

/** What loading gives. */
public final class Loaded {

  private final String name;
  private final MapNode tree;
  private final List<String> warnings;
  private final Supplier<Project> build;
  private Project project;

  Loaded(String name, MapNode tree, List<String> warnings, Supplier<Project> build) {
    this.name = name;
    this.tree = tree;
    this.warnings = List.copyOf(warnings);
    this.build = build;
  }

  /** The project's name. */
  public String name() {
    return name;
  }

  /** The project as a tree in canonical form, from which {@code config} prints. */
  public MapNode tree() {
    return tree;
  }

  /** What is worth saying and stops nothing, each once. */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * The project.
   *
   * @throws io.jcompose.compose.ComposeException when it holds a value that {@code config} prints as
   *     it is but that means nothing, such as a restart policy that does not exist
   */
  public synchronized Project project() {
    if (project == null) {
      project = build.get();
    }
    return project;
  }
}

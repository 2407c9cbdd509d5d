package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.yaml.MapNode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What loading gives. */
public final class Loaded {

  private final String name;
  private final MapNode tree;
  private final List<String> warnings;
  private final List<String> ineffective;
  private final Origins origins;
  private final Map<String, String> environment;
  private final Supplier<Project> build;
  private Project project;

  Loaded(
      String name,
      MapNode tree,
      List<String> warnings,
      List<String> ineffective,
      Origins origins,
      Map<String, String> environment,
      Supplier<Project> build) {
    this.name = name;
    this.tree = tree;
    this.warnings = List.copyOf(warnings);
    this.ineffective = List.copyOf(ineffective);
    this.origins = origins;
    this.environment = environment;
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

  /**
   * The tree with only these services and what they depend on; all when none is named.
   *
   * @throws ComposeException when there is no such service
   */
  public MapNode tree(List<String> services) {
    if (services.isEmpty()) {
      return tree;
    }
    MapNode known = tree.map("services");
    List<Problem> unknown =
        services.stream()
            .filter(service -> !known.has(service))
            .map(
                service -> {
                  Problem problem = Problem.of("", "no such service: " + service);
                  return Names.didYouMean(service, known.entries().keySet())
                      .map(problem::withHint)
                      .orElse(problem);
                })
            .toList();
    if (!unknown.isEmpty()) {
      throw new ComposeException(unknown);
    }
    MapNode copy = (MapNode) tree.copy();
    Selection.restrict(copy, services);
    return copy;
  }

  /** What is worth saying and stops nothing, each once. */
  public List<String> warnings() {
    return warnings;
  }

  /** The attributes that were given and change nothing in what runs, each once. */
  public List<String> ineffective() {
    return ineffective;
  }

  /** Where the model's values came from. */
  public Origins origins() {
    return origins;
  }

  /** The variables that the files were interpolated with. */
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /**
   * The project.
   *
   * @throws io.jcompose.compose.ComposeException when it holds a value that {@code config} prints
   *     as it is but that means nothing, such as a restart policy that does not exist
   */
  public synchronized Project project() {
    if (project == null) {
      project = build.get();
    }
    return project;
  }
}

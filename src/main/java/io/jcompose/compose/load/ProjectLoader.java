package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.canon.CanonicalForm;
import io.jcompose.compose.load.LoadOptions.Step;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Scalar;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Loads projects. */
public final class ProjectLoader {

  private ProjectLoader() {}

  /**
   * Loads a project: finds its files, reads, merges, resolves and checks them.
   *
   * @throws io.jcompose.compose.ComposeException with all that is wrong
   */
  public static Loaded load(LoadOptions options) {
    return naming(() -> loadAll(options));
  }

  /** A text that the platform can't have as a path is the input's fault. */
  private static <T> T naming(Supplier<T> step) {
    try {
      return step.get();
    } catch (InvalidPathException e) {
      throw new ComposeException(
          Problem.of("", "not a path: \"" + e.getInput() + "\": " + e.getReason()));
    }
  }

  private static Loaded loadAll(LoadOptions options) {
    Session session = new Session(options);
    Discovery found = Discovery.of(session);
    Map<String, String> environment = new HashMap<>(found.scope().values());
    String name = ProjectNames.choose(session, found.directory(), found.files(), environment);
    environment.put("COMPOSE_PROJECT_NAME", name);
    Scope scope = new Scope(environment, found.scope().written(), found.scope().files());

    MapNode root = new Tree(session, found.directory(), scope).load(found.files(), List.of());
    keepName(root, name);
    if (options.does(Step.NORMALIZATION)) {
      new Normalizer(root, name, scope, session.trace()).apply();
    }
    List<String> profiles = profiles(options, environment);
    if (!options.does(Step.INTERPOLATION)) {
      session.check();
      return loaded(
          session,
          found,
          name,
          environment,
          root,
          () -> CanonicalForm.of(root),
          Map.of(),
          profiles);
    }
    MapNode canonical = CanonicalForm.of(root, session::report);
    Map<String, List<String>> disabled = Selection.disable(canonical, profiles, options.targets());
    if (options.does(Step.CONSISTENCY)) {
      new Consistency(canonical, disabled.keySet(), session).check();
    }
    new ServiceFiles(session, environment).apply(canonical, root, options.does(Step.ENVIRONMENT));
    if (session.hasProblems()) {
      // What means nothing is no error as long as nobody asks for the project, but among others it is.
      build(session, canonical, found, name, environment, disabled, profiles);
    }
    session.check();
    if (options.does(Step.SELECTION_OF_RESOURCES)) {
      Selection.dropUnused(canonical);
    }
    return loaded(
        session, found, name, environment, canonical, () -> canonical, disabled, profiles);
  }

  /** A name that a file has keeps its place. */
  private static void keepName(MapNode root, String name) {
    if (root.get("name") instanceof Scalar written
        && ProjectNames.normalize(written.text()).equals(name)) {
      root.put("name", new Scalar(written.place(), name));
    } else {
      root.put("name", name);
    }
  }

  /** Texts with variables in them can't be made canonical: such a tree is shown as it is. */
  private static Loaded loaded(
      Session session,
      Discovery found,
      String name,
      Map<String, String> environment,
      MapNode tree,
      Supplier<MapNode> canonical,
      Map<String, List<String>> disabled,
      List<String> profiles) {
    return new Loaded(
        name,
        tree,
        session.warnings(),
        session.ineffective(),
        new Origins(tree, session.trace(), disabled),
        environment,
        () -> {
          Project project =
              naming(() -> build(session, canonical.get(), found, name, environment, disabled, profiles));
          session.check();
          return project;
        });
  }

  private static Project build(
      Session session,
      MapNode canonical,
      Discovery found,
      String name,
      Map<String, String> environment,
      Map<String, List<String>> disabled,
      List<String> profiles) {
    return ProjectBuilder.build(
        canonical, found, name, environment, disabled, profiles, session::report);
  }

  private static List<String> profiles(LoadOptions options, Map<String, String> environment) {
    if (!options.profiles().isEmpty()) {
      return options.profiles();
    }
    List<String> profiles = new ArrayList<>();
    for (String profile : environment.getOrDefault("COMPOSE_PROFILES", "").split(",")) {
      if (!profile.isBlank()) {
        profiles.add(profile.strip());
      }
    }
    return profiles;
  }
}

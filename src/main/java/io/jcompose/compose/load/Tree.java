package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.load.LoadOptions.Step;
import io.jcompose.compose.yaml.Document;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads a list of files into one tree: interpolation, {@code extends}, {@code include}, merge,
 * short forms, defaults, paths. A project is one such tree, and so is each thing that it includes.
 */
final class Tree {

  private final Session session;
  private final Path directory;
  private final Scope scope;

  Tree(Session session, Path directory, Scope scope) {
    this.session = session;
    this.directory = directory;
    this.scope = scope;
  }

  Session session() {
    return session;
  }

  Path directory() {
    return directory;
  }

  Scope scope() {
    return scope;
  }

  /**
   * Loads and merges files.
   *
   * @param including the files that include these, outermost first
   */
  MapNode load(List<Path> files, List<Path> including) {
    MapNode root = null;
    for (Path file : files) {
      List<Document> documents = session.documents(file);
      if (documents.isEmpty()) {
        throw new ComposeException(
            Problem.of("", session.shown(file) + ": empty compose file")
                .withHint("a Compose file has at least a services section"));
      }
      for (Document document : documents) {
        MapNode layer = prepare(document, file);
        if (root != null) {
          Resets.apply(root, document.resets());
        }
        List<Path> chain = new ArrayList<>(including);
        chain.add(file);
        new Include(this).apply(layer, chain);
        root = root == null ? layer : new Merge(session).files(root, layer);
        session.check();
        Unicity.enforce(root, session.trace());
        Schema.validate(root, session);
        session.check();
        obsoleteVersion(root, file);
        new Canonical(session).apply(root);
        session.check();
        Unicity.enforce(root, session.trace());
      }
    }
    Defaults.apply(root);
    ShapeChecks.apply(root, session);
    session.check();
    if (session.options().does(Step.PATH_RESOLUTION) || !including.isEmpty()) {
      new PathResolver(directory, scope.values().getOrDefault("HOME", "")).apply(root);
    }
    new Variables(scope, session.trace()).resolve(root);
    return root;
  }

  private MapNode prepare(Document document, Path file) {
    if (document.root().isNull()) {
      throw document.root().place().error("", "empty compose file");
    }
    MapNode root = interpolate(document.root());
    new Extends(this).apply(root, file, document.resets());
    return root;
  }

  /** Interpolates a whole file. */
  MapNode interpolate(Node node) {
    if (!(node instanceof MapNode root)) {
      throw node.place().error("", "the top level must be a mapping, this is " + node.kind());
    }
    if (!session.options().does(Step.INTERPOLATION)) {
      return root;
    }
    return new Interpolation(session, scope).apply(root);
  }

  private void obsoleteVersion(MapNode root, Path file) {
    if (root.remove("version") != null) {
      session.warn(
          file
              + ": the attribute `version` is obsolete, it will be ignored, please remove it to"
              + " avoid potential confusion");
    }
  }

  /** An empty tree, for a project without a file of its own. */
  static MapNode empty() {
    return new MapNode(new Place(new Source(Path.of("-"), "-", ""), 1, 1));
  }
}

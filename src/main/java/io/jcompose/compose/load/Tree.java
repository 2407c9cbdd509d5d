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
   * Loads and merges files. What is wrong with them is reported and left out of the tree.
   *
   * @param including the files that include these, outermost first
   */
  MapNode load(List<Path> files, List<Path> including) {
    MapNode root = null;
    for (Path file : files) {
      for (Document document : documents(file)) {
        MapNode layer = prepare(document, file);
        if (root != null) {
          Resets.apply(root, document.resets());
        }
        List<Path> chain = new ArrayList<>(including);
        chain.add(file);
        new Include(this).apply(layer, chain);
        root = root == null ? layer : new Merge(session).files(root, layer);
        Unicity.enforce(root, session.trace());
        Schema.validate(root, session);
        obsoleteVersion(root, file);
        new Canonical(session).apply(root);
        Unicity.enforce(root, session.trace());
      }
    }
    if (root == null) {
      root = unreadable();
    }
    Defaults.apply(root);
    ShapeChecks.apply(root, session);
    if (session.options().does(Step.PATH_RESOLUTION) || !including.isEmpty()) {
      new PathResolver(directory, scope.values().getOrDefault("HOME", "")).apply(root);
    }
    new Variables(scope, session.trace()).resolve(root);
    return root;
  }

  /** Those of a file; one that stands for nothing known when it can't be read. */
  private List<Document> documents(Path file) {
    try {
      List<Document> documents = session.documents(file);
      if (!documents.isEmpty()) {
        return documents;
      }
      session.report(
          Problem.of("", session.shown(file) + ": empty compose file")
              .withHint("a Compose file has at least a services section"));
    } catch (ComposeException e) {
      session.failed(e);
    }
    return List.of(new Document(unreadable(), List.of()));
  }

  private static MapNode unreadable() {
    MapNode root = empty();
    root.breakAll();
    return root;
  }

  private MapNode prepare(Document document, Path file) {
    MapNode root = interpolate(document.root());
    new Extends(this).apply(root, file, document.resets());
    return root;
  }

  /** Interpolates a whole file. */
  MapNode interpolate(Node node) {
    if (!(node instanceof MapNode root)) {
      session.report(
          node.isNull()
              ? node.place().problem("", "empty compose file")
              : node.place()
                  .problem("", "the top level must be a mapping, this is " + node.kind()));
      return unreadable();
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

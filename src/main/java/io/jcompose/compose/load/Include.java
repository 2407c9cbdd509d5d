package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import io.jcompose.compose.yaml.Via;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads what a file includes, each as a tree of its own, and adds its resources to the file's. */
final class Include {

  private static final List<String> SECTIONS =
      List.of("services", "volumes", "networks", "secrets", "configs", "models");

  private final Tree tree;
  private final Session session;

  Include(Tree tree) {
    this.tree = tree;
    this.session = tree.session();
  }

  /**
   * Includes.
   *
   * @param chain the files that lead here, this one last
   */
  void apply(MapNode root, List<Path> chain) {
    Node node = root.get("include");
    if (node == null || node.isNull()) {
      root.remove("include");
      return;
    }
    if (!(node instanceof ListNode list)) {
      session.report(
          node.place().problem("include", "`include` must be a list, this is " + node.kind()));
      root.breakAll();
      root.remove("include");
      return;
    }
    for (int i = 0; i < list.items().size(); i++) {
      try {
        include(root, list.items().get(i), Names.item("include", i), chain);
      } catch (ComposeException e) {
        session.failed(e);
        root.breakAll();
      }
    }
    root.remove("include");
  }

  private void include(MapNode root, Node entry, String path, List<Path> chain) {
    List<String> names = new ArrayList<>();
    List<String> envFiles = List.of();
    String projectDirectory = null;
    if (entry instanceof MapNode map) {
      names.addAll(texts(map.get("path")));
      envFiles = texts(map.get("env_file"));
      projectDirectory = map.text("project_directory");
    } else {
      names.addAll(texts(entry));
    }
    if (names.isEmpty()) {
      throw entry.place().error(path, "path is missing");
    }
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      if (PathResolver.isRemote(name) || name.startsWith("oci:")) {
        throw entry.place().error(path, "remote files can't be included: " + name);
      }
      files.add(Path.of(FilePaths.absolute(tree.directory(), name)));
    }
    Path main = files.getFirst();
    if (chain.contains(main)) {
      StringBuilder text = new StringBuilder("include cycle detected: ");
      chain.forEach(f -> text.append(session.shown(f)).append(" includes "));
      throw entry.place().error(path, text.append(session.shown(main)).toString());
    }
    if (chain.size() > 50) {
      throw entry.place().error(path, "files include each other more than 50 deep");
    }
    Path directory =
        projectDirectory == null
            ? main.getParent()
            : Path.of(FilePaths.absolute(tree.directory(), projectDirectory));
    Scope scope = scope(envFiles, directory, entry, path);
    for (Path file : files) {
      session
          .obstacle(file)
          .ifPresent(
              words -> {
                throw entry.place().error(path, words);
              });
    }
    MapNode imported = new Tree(session, directory, scope).load(files, chain);
    Via step = new Via(Via.Kind.INCLUDE, entry.place(), session.shown(main));
    importResources((MapNode) imported.copy(step), root);
  }

  private static List<String> texts(Node node) {
    if (node instanceof ListNode list) {
      return list.items().stream().map(Values::text).toList();
    }
    return node instanceof Scalar s && s.isText() ? List.of(s.text()) : List.of();
  }

  /** The parent's variables win over those of the included project's own env file. */
  private Scope scope(
      List<String> envFiles, Path directory, Node entry, String path) {
    List<Path> files = new ArrayList<>();
    if (envFiles.isEmpty()) {
      Path file = directory.resolve(".env");
      if (Files.isRegularFile(file)) {
        files.add(file);
      }
    }
    for (String name : envFiles) {
      if (name.equals("/dev/null")) {
        continue;
      }
      Path file = Path.of(FilePaths.absolute(tree.directory(), name));
      if (!Files.isRegularFile(file)) {
        throw entry.place().error(path, "env file " + file + " not found");
      }
      files.add(file);
    }
    return tree.scope().with(EnvFiles.read(session, files, tree.scope().values()), files);
  }

  private void importResources(MapNode from, MapNode into) {
    into.breakAs(from);
    for (String section : SECTIONS) {
      if (!(from.get(section) instanceof MapNode resources)) {
        continue;
      }
      if (!(into.get(section) instanceof MapNode)) {
        into.put(section, new MapNode(resources.place()));
      }
      MapNode target = into.map(section);
      target.breakAs(resources);
      resources
          .entries()
          .forEach(
              (name, resource) -> {
                Node existing = target.get(name);
                if (existing == null) {
                  target.put(name, resources.keyPlace(name), resource);
                } else if (!existing.equals(resource)) {
                  session.report(
                      target
                          .keyPlace(name)
                          .problem(
                              section + "." + name,
                              section + "." + name + " conflicts with imported resource")
                          .withHint("imported from " + resources.keyPlace(name).mark()));
                }
              });
    }
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.Document;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import io.jcompose.compose.yaml.Via;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Replaces services that extend others by the merge of both. */
final class Extends {

  private record Reference(Path file, String service) {}

  private final Tree tree;
  private final Session session;

  Extends(Tree tree) {
    this.tree = tree;
    this.session = tree.session();
  }

  void apply(MapNode root, Path file, List<List<String>> resets) {
    MapNode services = root.map("services");
    if (services == null) {
      return;
    }
    for (String name : List.copyOf(services.entries().keySet())) {
      try {
        Node merged = resolve(services, name, file, tree.directory(), resets, List.of());
        services.put(name, services.keyPlace(name), merged);
      } catch (ComposeException e) {
        session.failed(e);
        breakExtends(services.map(name));
      }
    }
  }

  private Node resolve(
      MapNode services,
      String name,
      Path file,
      Path directory,
      List<List<String>> resets,
      List<Reference> chain) {
    if (!(services.get(name) instanceof MapNode service) || service.get("extends") == null) {
      return services.get(name);
    }
    Node at = service.get("extends");
    String base;
    String baseFile = null;
    if (at instanceof MapNode map) {
      base = map.text("service");
      baseFile = map.text("file");
    } else {
      base = at instanceof Scalar s && s.isText() ? s.text() : null;
    }
    String path = "services." + name + ".extends";
    if (base == null) {
      session.report(at.place().problem(path, "extends." + name + ".service is required"));
      breakExtends(service);
      return service;
    }
    List<Reference> longer = follow(chain, new Reference(file, name), at, path);
    Node resolved;
    List<List<String>> allResets = resets;
    if (baseFile == null) {
      if (!services.has(base)) {
        throw missing(at, path, name, base, file, services);
      }
      resolved = resolve(services, base, file, directory, resets, longer);
    } else {
      Path other = Path.of(FilePaths.absolute(directory, baseFile));
      follow(longer, new Reference(other, base), at, path);
      allResets = new ArrayList<>(resets);
      MapNode foreign = services(other, at, path, name, allResets);
      if (!foreign.has(base)) {
        throw missing(at, path, name, base, other, foreign);
      }
      resolved = resolve(foreign, base, other, other.getParent(), allResets, longer);
    }
    if (!(resolved instanceof MapNode source)) {
      return service; // the reference keeps a reference to an empty service, and so does config
    }
    service.remove("extends");
    MapNode copy = (MapNode) source.copy(new Via(Via.Kind.EXTENDS, at.place(), base));
    for (List<String> reset : allResets) {
      if (reset.size() > 2 && reset.get(0).equals("services") && reset.get(1).equals(name)) {
        Resets.apply(copy, List.of(reset.subList(2, reset.size())));
      }
    }
    Merge merge = new Merge(session);
    MapNode merged = merge.services(copy, service, name);
    services.put(name, services.keyPlace(name), merged);
    return merged;
  }

  /** All of a service may stand in the one that it extends. */
  private static void breakExtends(MapNode service) {
    service.remove("extends");
    service.breakAll();
  }

  private List<Reference> follow(List<Reference> chain, Reference next, Node at, String path) {
    List<Reference> longer = new ArrayList<>(chain);
    longer.add(next);
    if (chain.contains(next)) {
      StringBuilder text = new StringBuilder("circular reference: ");
      for (int i = 0; i < longer.size(); i++) {
        Reference reference = longer.get(i);
        text.append(i == 0 ? "" : " extends ").append('"').append(reference.service()).append('"');
        text.append(" in ").append(session.shown(reference.file()));
      }
      throw at.place().error(path, text.toString());
    }
    if (longer.size() > 100) {
      throw at.place().error(path, "extends more than 100 services in a chain");
    }
    return longer;
  }

  private ComposeException missing(
      Node at, String path, String name, String base, Path file, MapNode services) {
    Problem problem =
        at.place()
            .problem(
                path,
                "cannot extend service \""
                    + name
                    + "\" in "
                    + session.shown(file)
                    + ": service \""
                    + base
                    + "\" not found");
    Optional<String> hint = Names.didYouMean(base, services.entries().keySet());
    return new ComposeException(hint.map(problem::withHint).orElse(problem));
  }

  /**
   * The services of another file, interpolated, in canonical form and with absolute paths.
   *
   * @param resets the paths that this file resets are added here
   */
  private MapNode services(
      Path file, Node at, String path, String name, List<List<String>> resets) {
    MapNode root = null;
    session
        .obstacle(file)
        .ifPresent(
            words -> {
              throw at.place().error(path, words);
            });
    List<Document> documents = session.documents(file);
    for (Document document : documents) {
      if (document.root().isNull()) {
        continue;
      }
      resets.addAll(document.resets());
      MapNode layer = tree.interpolate(document.root());
      if (root == null) {
        root = layer;
      } else {
        Resets.apply(root, document.resets());
        root = new Merge(session).files(root, layer);
      }
      Unicity.enforce(root, session.trace());
      new Canonical(session).apply(root);
      Unicity.enforce(root, session.trace());
    }
    if (root == null || root.map("services") == null) {
      throw at.place()
          .error(
              path,
              "cannot extend service \""
                  + name
                  + "\" in "
                  + session.shown(file)
                  + ": no services section");
    }
    extendsFilesAbsolute(root, file);
    String home = tree.scope().values().getOrDefault("HOME", "");
    new PathResolver(file.getParent(), home).apply(root);
    return root.map("services");
  }

  private static void extendsFilesAbsolute(MapNode root, Path file) {
    for (Node service : Values.entries(root.get("services")).values()) {
      if (service instanceof MapNode map
          && map.get("extends") instanceof MapNode reference
          && reference.get("file") instanceof Scalar s) {
        reference.put(
            "file", new Scalar(s.place(), FilePaths.absolute(file.getParent(), s.text())));
      }
    }
  }
}

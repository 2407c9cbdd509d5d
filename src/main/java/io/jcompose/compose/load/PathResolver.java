package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the paths of a tree in canonical form absolute. */
final class PathResolver {

  private final Path directory;
  private final String home;

  PathResolver(Path directory, String home) {
    this.directory = directory;
    this.home = home;
  }

  void apply(MapNode root) {
    Values.entries(root.get("services")).values().forEach(this::service);
    for (String section : List.of("configs", "secrets")) {
      Values.entries(root.get(section)).values().forEach(n -> file(n, "file"));
    }
    Values.entries(root.get("volumes")).values().forEach(this::volume);
  }

  private void service(Node node) {
    if (!(node instanceof MapNode service)) {
      return;
    }
    if (service.get("build") instanceof MapNode build) {
      build(build);
    }
    Values.items(service.get("env_file")).forEach(n -> file(n, "path"));
    if (service.get("label_file") instanceof ListNode files) {
      files.items().replaceAll(this::absolute);
    }
    if (service.get("develop") instanceof MapNode develop) {
      Values.items(develop.get("watch")).forEach(this::watched);
    }
    for (Node volume : Values.items(service.get("volumes"))) {
      if (volume instanceof MapNode mount && "bind".equals(mount.text("type"))) {
        file(mount, "source");
      }
    }
    if (service.get("extends") instanceof MapNode) {
      file(service.get("extends"), "file");
    }
  }

  /** What is watched is the folder that a link leads to: events come from there. */
  private void watched(Node node) {
    file(node, "path");
    if (node instanceof MapNode trigger && trigger.get("path") instanceof Scalar path && path.isText()) {
      trigger.put("path", new Scalar(path.place(), linked(Path.of(path.text())).toString()));
    }
  }

  /** The path with the first link in it replaced by what it leads to. */
  private static Path linked(Path path) {
    for (int i = 1; path.isAbsolute() && i <= path.getNameCount(); i++) {
      Path part = path.getRoot().resolve(path.subpath(0, i));
      if (Files.isSymbolicLink(part)) {
        try {
          Path real = part.toRealPath();
          return i == path.getNameCount() ? real : real.resolve(path.subpath(i, path.getNameCount()));
        } catch (IOException e) {
          return path; // it leads nowhere, which the watch will say
        }
      }
    }
    return path;
  }

  private void build(MapNode build) {
    if (build.get("context") instanceof Scalar context) {
      build.put("context", context(context));
    }
    if (build.get("additional_contexts") instanceof MapNode contexts) {
      contexts
          .entries()
          .replaceAll(
              (name, n) ->
                  n instanceof Scalar s && !s.isNull() ? context(new Scalar(s.place(), s.text())) : n);
    }
    if (build.get("ssh") instanceof MapNode keys) {
      keys.entries().replaceAll((id, n) -> n instanceof Scalar s && s.isText() ? listed(s) : n);
    }
  }

  /** Several paths with commas between. */
  private Node listed(Scalar paths) {
    String all =
        Arrays.stream(paths.text().split(","))
            .filter(path -> !path.isEmpty())
            .map(this::absolute)
            .collect(Collectors.joining(","));
    return new Scalar(paths.place(), all);
  }

  private void volume(Node node) {
    if (node instanceof MapNode volume
        && "local".equals(volume.text("driver"))
        && volume.get("driver_opts") instanceof MapNode options
        && "bind".equals(options.text("o"))) {
      file(options, "device");
    }
  }

  private void file(Node node, String key) {
    if (node instanceof MapNode map && map.get(key) instanceof Scalar path) {
      map.put(key, absolute(path));
    }
  }

  private Node context(Scalar context) {
    return isRemote(context.text()) ? context : absolute(context);
  }

  /** Whether a build context is no directory: a URL, an image or another service. */
  static boolean isRemote(String context) {
    if (context.contains("://") || context.startsWith("service:")) {
      return true;
    }
    return context.startsWith("github.com/") || context.startsWith("git@");
  }

  private Node absolute(Node node) {
    if (!(node instanceof Scalar scalar) || !scalar.isText() || scalar.text().isEmpty()) {
      return node;
    }
    return new Scalar(node.place(), absolute(scalar.text()));
  }

  private String absolute(String path) {
    String expanded = path;
    if (!home.isEmpty() && path.startsWith("~")) {
      expanded = FilePaths.clean(home + "/" + path.substring(1));
    }
    boolean windows =
        expanded.length() > 2
            && Character.isLetter(expanded.charAt(0))
            && expanded.charAt(1) == ':'
            && "\\/".indexOf(expanded.charAt(2)) >= 0;
    return windows || expanded.startsWith("\\\\")
        ? expanded
        : FilePaths.absolute(directory, expanded);
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.List;

/** Drops from earlier files what a later one marks with {@code !reset} or {@code !override}. */
final class Resets {

  private Resets() {}

  static void apply(MapNode root, List<List<String>> paths) {
    for (List<String> path : paths) {
      remove(root, path, 0);
    }
  }

  private static void remove(Node node, List<String> path, int index) {
    if (index >= path.size() || !(node instanceof MapNode map)) {
      return;
    }
    if (index == path.size() - 1) {
      map.remove(path.get(index));
    } else if (map.get(path.get(index)) != null) {
      remove(map.get(path.get(index)), path, index + 1);
    }
  }
}

package io.jcompose.cli;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.engine.ImagePins;

/** A project's tree with its images named by digest. */
final class PinnedTree {
  private PinnedTree() {}

  /** A copy; with {@code lock} it has the images alone, to be used as an override file. */
  static MapNode of(MapNode tree, ImagePins pins, boolean lock) {
    MapNode copy = (MapNode) tree.copy();
    MapNode services = copy.map("services");
    if (services == null) {
      return copy;
    }
    for (String name : services.entries().keySet()) {
      if (services.map(name) != null && services.map(name).text("image") instanceof String image) {
        services.map(name).put("image", pins.pin(image));
      }
    }
    if (!lock) {
      return copy;
    }
    services.entries().values().removeIf(service -> !(service instanceof MapNode map) || !map.has("image"));
    services.entries().values().forEach(PinnedTree::onlyImage);
    MapNode locked = new MapNode(copy.place());
    locked.put("services", services);
    return locked;
  }

  private static void onlyImage(Node service) {
    ((MapNode) service).entries().keySet().removeIf(key -> !key.equals("image"));
  }
}

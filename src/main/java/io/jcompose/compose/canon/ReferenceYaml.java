package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What the reference leaves out of YAML and writes in JSON: parts that a resource always has, when
 * they say nothing.
 */
final class ReferenceYaml {

  private ReferenceYaml() {}

  static MapNode of(MapNode canonical) {
    MapNode networks = changed(canonical, "networks", all -> each(all, network -> without(network, Set.of("ipam"))));
    return changed(
        networks,
        "services",
        all ->
            each(
                all,
                service ->
                    changed(service, "deploy", deploy -> without(deploy, Set.of("resources", "placement")))));
  }

  /** The map with another mapping for a key, if it has one there. */
  private static MapNode changed(MapNode map, String key, UnaryOperator<MapNode> change) {
    if (map.map(key) == null) {
      return map;
    }
    MapNode copy = copy(map);
    copy.put(key, map.keyPlace(key), change.apply(map.map(key)));
    return copy;
  }

  private static MapNode each(MapNode map, UnaryOperator<MapNode> change) {
    MapNode copy = copy(map);
    for (String key : List.copyOf(map.entries().keySet())) {
      if (map.map(key) != null) {
        copy.put(key, map.keyPlace(key), change.apply(map.map(key)));
      }
    }
    return copy;
  }

  private static MapNode without(MapNode map, Set<String> keys) {
    MapNode copy = new MapNode(map.place());
    for (Map.Entry<String, Node> e : map.entries().entrySet()) {
      boolean empty = e.getValue() instanceof MapNode value && value.entries().isEmpty();
      if (!(empty && keys.contains(e.getKey()))) {
        copy.put(e.getKey(), map.keyPlace(e.getKey()), e.getValue());
      }
    }
    return copy;
  }

  private static MapNode copy(MapNode map) {
    return without(map, Set.of());
  }
}

package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The canonical form of a mapping with known keys; {@code x-} keys are kept as they are. */
final class Shape implements Field {

  private final Map<String, Field> fields = new HashMap<>();
  private final Set<String> always = new HashSet<>();

  /** These keys are written so. */
  Shape with(Field field, String... keys) {
    for (String key : keys) {
      fields.put(key, field);
    }
    return this;
  }

  /** This key is written even when nothing was said. */
  Shape always(Field field, String key) {
    always.add(key);
    return with(field, key);
  }

  @Override
  public Node format(Node value, Spot spot) {
    if (value.isNull()) {
      return null;
    }
    if (!(value instanceof MapNode map)) {
      throw value.place().error(spot.path(), "must be a mapping, this is " + value.kind());
    }
    MapNode result = new MapNode(map.place());
    result.breakAs(map);
    map.entries()
        .forEach(
            (key, node) -> {
              Field field = key.startsWith("x-") ? Field.KEPT : fields.get(key);
              if (field != null && !spot.key(key).read(field, node, v -> put(result, map, key, v))) {
                result.breakKey(key);
              }
            });
    for (String key : always) {
      if (!result.has(key)) {
        Field field = fields.get(key);
        result.put(
            key,
            Optional.ofNullable(field.format(new MapNode(map.place().implied()), spot))
                .filter(MapNode.class::isInstance)
                .orElseGet(() -> new Scalar(map.place().implied(), null)));
      }
    }
    return result;
  }

  private static void put(MapNode result, MapNode map, String key, Node formatted) {
    if (formatted != null) {
      result.put(key, map.keyPlace(key), formatted);
    }
  }
}

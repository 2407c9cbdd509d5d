package io.jcompose.compose.canon;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The canonical form of a mapping with known keys; {@code x-} keys are kept as they are. */
final class Shape implements Field {

  private final Map<String, Field> fields = new HashMap<>();
  private final Set<String> always = new HashSet<>();
  private boolean keptWhenEmpty = true;

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

  /** The whole is left out when nothing is in it. */
  Shape omittedWhenEmpty() {
    keptWhenEmpty = false;
    return this;
  }

  @Override
  public Node format(Node value, String path) {
    if (value.isNull()) {
      return null;
    }
    if (!(value instanceof MapNode map)) {
      throw value.place().error(path, "must be a mapping, this is " + value.kind());
    }
    MapNode result = new MapNode(map.place());
    List<Problem> problems = new ArrayList<>();
    map.entries()
        .forEach(
            (key, node) -> {
              Field field = fields.get(key);
              if (key.startsWith("x-")) {
                result.put(key, map.keyPlace(key), node);
              } else if (field != null) {
                try {
                  Node formatted = field.format(node, path.isEmpty() ? key : path + "." + key);
                  if (formatted != null) {
                    result.put(key, map.keyPlace(key), formatted);
                  }
                } catch (ComposeException e) {
                  problems.addAll(e.problems());
                }
              }
            });
    if (!problems.isEmpty()) {
      throw new ComposeException(problems);
    }
    for (String key : always) {
      if (!result.has(key)) {
        Field field = fields.get(key);
        result.put(
            key,
            Optional.ofNullable(field.format(new MapNode(map.place().implied()), path))
                .filter(MapNode.class::isInstance)
                .orElseGet(() -> new Scalar(map.place().implied(), null)));
      }
    }
    return result.entries().isEmpty() && !keptWhenEmpty ? null : result;
  }
}

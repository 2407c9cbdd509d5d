package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;

/** Prints what {@code config} shows. */
public final class ConfigPrinter {

  private ConfigPrinter() {}

  /**
   * As JSON.
   *
   * @param escape whether a dollar is doubled, so that the output can be loaded again
   */
  public static String json(MapNode canonical, boolean escape) {
    MapNode tree = ReferenceJson.of(canonical);
    return JsonWriter.indented(escape ? escaped(tree, true) : tree);
  }

  /**
   * As YAML.
   *
   * @param escape whether a dollar is doubled, so that the output can be loaded again
   */
  public static String yaml(MapNode canonical, boolean escape) {
    MapNode tree = ReferenceYaml.of(canonical);
    return YamlWriter.write(escape ? (MapNode) escaped(tree, false) : tree);
  }

  /** Keys are not interpolated, so only the reference's JSON doubles their dollars. */
  private static Node escaped(Node node, boolean keys) {
    return switch (node) {
      case Scalar s when s.value() instanceof String text && text.indexOf('$') >= 0 ->
          new Scalar(s.place(), text.replace("$", "$$"));
      case Scalar s -> s;
      case ListNode list -> {
        ListNode copy = new ListNode(list.place());
        list.items().forEach(i -> copy.items().add(escaped(i, keys)));
        yield copy;
      }
      case MapNode map -> {
        MapNode copy = new MapNode(map.place());
        map.entries()
            .forEach(
                (k, v) ->
                    copy.put(keys ? k.replace("$", "$$") : k, map.keyPlace(k), escaped(v, keys)));
        yield copy;
      }
    };
  }
}

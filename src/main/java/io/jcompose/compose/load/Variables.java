package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;
import java.util.Map;

/** Gives variables that are named without a value the one of the environment. */
final class Variables {

  private Variables() {}

  /**
   * In the environment lists of services, where what is not set stays as it is.
   */
  static void resolve(MapNode root, Map<String, String> environment) {
    for (Node service : Values.entries(root.get("services")).values()) {
      if (service instanceof MapNode map && map.get("environment") instanceof ListNode list) {
        resolve(list, environment, true);
      }
    }
  }

  /**
   * In a list of {@code K=V} or a mapping.
   *
   * @param keep whether a variable that is not set stays, without a value
   */
  static void resolve(Node node, Map<String, String> environment, boolean keep) {
    if (node instanceof MapNode map) {
      map.entries()
          .replaceAll(
              (key, value) ->
                  value.isNull() && environment.containsKey(key)
                      ? new Scalar(value.place(), environment.get(key))
                      : value);
      if (!keep) {
        map.entries().values().removeIf(Node::isNull);
      }
      return;
    }
    if (!(node instanceof ListNode list)) {
      return;
    }
    List<Node> items = list.items();
    items.replaceAll(
        item -> {
          String text = Values.text(item);
          return text.indexOf('=') < 0 && environment.containsKey(text)
              ? new Scalar(item.place(), text + "=" + environment.get(text))
              : item;
        });
    if (!keep) {
      items.removeIf(item -> Values.text(item).indexOf('=') < 0);
    }
  }
}

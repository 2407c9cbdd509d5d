package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;

/** Gives variables that are named without a value the one of the environment. */
final class Variables {

  private final Scope scope;
  private final Trace trace;

  Variables(Scope scope, Trace trace) {
    this.scope = scope;
    this.trace = trace;
  }

  /** In the environment lists of services, where what is not set stays as it is. */
  void resolve(MapNode root) {
    for (Node service : Values.entries(root.get("services")).values()) {
      if (service instanceof MapNode map && map.get("environment") instanceof ListNode list) {
        resolve(list, true);
      }
    }
  }

  /**
   * In a list of {@code K=V} or a mapping.
   *
   * @param keep whether a variable that is not set stays, without a value
   */
  void resolve(Node node, boolean keep) {
    if (node instanceof MapNode map) {
      map.entries().replaceAll((key, value) -> value.isNull() ? taken(key, "", value) : value);
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
          return text.indexOf('=') < 0 ? taken(text, text + "=", item) : item;
        });
    if (!keep) {
      items.removeIf(item -> Values.text(item).indexOf('=') < 0);
    }
  }

  private Node taken(String name, String prefix, Node item) {
    trace.used(item.place(), name, scope);
    String value = scope.values().get(name);
    return value == null ? item : new Scalar(item.place(), prefix + value);
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The text of values that are written in more than one way. */
final class Values {

  private Values() {}

  /** A scalar's text; a collection as the reference prints one inside a text. */
  static String text(Node node) {
    return switch (node) {
      case Scalar scalar -> scalar.isNull() ? "<nil>" : scalar.text();
      case ListNode list ->
          list.items().stream().map(Values::text).collect(Collectors.joining(" ", "[", "]"));
      case MapNode map ->
          map.entries().entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(e -> e.getKey() + ":" + text(e.getValue()))
              .collect(Collectors.joining(" ", "map[", "]"));
    };
  }

  /** The items of a list, or nothing. */
  static List<Node> items(Node node) {
    return node instanceof ListNode list ? list.items() : List.of();
  }

  /** The entries of a mapping, or nothing. */
  static Map<String, Node> entries(Node node) {
    return node instanceof MapNode map ? map.entries() : Map.of();
  }

  static boolean isTrue(Node node) {
    return node instanceof Scalar scalar && Boolean.TRUE.equals(scalar.value());
  }
}

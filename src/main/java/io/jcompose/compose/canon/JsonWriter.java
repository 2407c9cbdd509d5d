package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Numbers;
import io.jcompose.compose.yaml.Scalar;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** Writes a tree as JSON, keys sorted. */
public final class JsonWriter {

  private final StringBuilder out = new StringBuilder();
  private final boolean indented;

  private JsonWriter(boolean indented) {
    this.indented = indented;
  }

  /** In lines, indented by two spaces. */
  public static String indented(Node node) {
    JsonWriter writer = new JsonWriter(true);
    writer.write(node, 0);
    return writer.out.append('\n').toString();
  }

  /** In one line, without spaces. */
  public static String compact(Node node) {
    JsonWriter writer = new JsonWriter(false);
    writer.write(node, 0);
    return writer.out.toString();
  }

  private void write(Node node, int depth) {
    switch (node) {
      case Scalar scalar -> scalar(scalar);
      case MapNode map -> {
        out.append('{');
        Iterator<Map.Entry<String, Node>> entries =
            new TreeMap<>(map.entries()).entrySet().iterator();
        while (entries.hasNext()) {
          Map.Entry<String, Node> entry = entries.next();
          line(depth + 1);
          quote(entry.getKey());
          out.append(indented ? ": " : ":");
          write(entry.getValue(), depth + 1);
          out.append(entries.hasNext() ? "," : "");
        }
        close(map.entries().isEmpty(), depth, '}');
      }
      case ListNode list -> {
        out.append('[');
        Iterator<Node> items = list.items().iterator();
        while (items.hasNext()) {
          line(depth + 1);
          write(items.next(), depth + 1);
          out.append(items.hasNext() ? "," : "");
        }
        close(list.items().isEmpty(), depth, ']');
      }
    }
  }

  private void close(boolean empty, int depth, char bracket) {
    if (!empty) {
      line(depth);
    }
    out.append(bracket);
  }

  private void line(int depth) {
    if (indented) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private void scalar(Scalar scalar) {
    switch (scalar.value()) {
      case null -> out.append("null");
      case Boolean b -> out.append(b);
      case Double d when !d.isNaN() && !d.isInfinite() -> out.append(Numbers.json(d));
      case Long number -> out.append(number);
      case BigInteger number -> out.append(number);
      default -> quote(scalar.text());
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f || c == '\u2028' || c == '\u2029') {
            out.append("\\u").append(String.format("%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}

package io.jcompose.compose.canon;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import io.jcompose.compose.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes a tree as YAML in block style: sections in the usual order, keys sorted. */
public final class YamlWriter {

  private static final List<String> SECTIONS =
      List.of("name", "services", "networks", "volumes", "configs", "secrets", "models");

  /** Plain words that readers of YAML 1.1 take for truth values. */
  private static final Set<String> OLD_WORDS = Set.of("y", "n", "yes", "no", "on", "off");

  /** A key before a colon has at most 1024 characters in YAML; longer ones have a question mark. */
  private static final int LONGEST_KEY = 1000;

  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out = new StringBuilder();

  private YamlWriter() {}

  /** The text of a whole project. */
  public static String write(MapNode root) {
    YamlWriter writer = new YamlWriter();
    List<String> keys = new ArrayList<>(root.entries().keySet());
    keys.sort(
        Comparator.comparingInt((String k) -> SECTIONS.contains(k) ? SECTIONS.indexOf(k) : 99)
            .thenComparing(k -> k));
    writer.entries(root, keys, 0);
    return writer.out.toString();
  }

  private void entries(MapNode map, List<String> keys, int indent) {
    for (String key : keys) {
      String written = key(key);
      out.repeat(" ", indent);
      if (written.length() > LONGEST_KEY) {
        out.append("? ").append(written).append('\n').repeat(" ", indent);
      } else {
        out.append(written);
      }
      out.append(':');
      value(map.get(key), indent + 2);
    }
  }

  /** What follows a colon; ends with a line break. */
  private void value(Node node, int indent) {
    switch (node) {
      case MapNode map when map.entries().isEmpty() -> out.append(" {}\n");
      case ListNode list when list.items().isEmpty() -> out.append(" []\n");
      case MapNode map -> {
        out.append('\n');
        entries(map, sorted(map), indent);
      }
      case ListNode list -> {
        out.append('\n');
        items(list, indent);
      }
      case Scalar scalar -> out.append(' ').append(scalar(scalar, indent)).append('\n');
    }
  }

  private void items(ListNode list, int indent) {
    for (Node item : list.items()) {
      out.repeat(" ", indent).append("-");
      switch (item) {
        case MapNode map when !map.entries().isEmpty() -> {
          int start = out.length();
          entries(map, sorted(map), indent + 2);
          out.replace(start, start + indent + 2, " ");
        }
        case ListNode inner when !inner.items().isEmpty() -> {
          int start = out.length();
          items(inner, indent + 2);
          out.replace(start, start + indent + 2, " ");
        }
        default -> value(item, indent + 2);
      }
    }
  }

  private static List<String> sorted(MapNode map) {
    return map.entries().keySet().stream().sorted().toList();
  }

  private static String key(String key) {
    return YamlReader.isPlainText(key) ? text(key, 0) : quoted(key);
  }

  private static String scalar(Scalar scalar, int indent) {
    return switch (scalar.value()) {
      case null -> "null";
      case String s -> text(s, indent);
      default -> scalar.text();
    };
  }

  private static String text(String text, int indent) {
    if (text.indexOf('\n') >= 0 && fitsBlock(text)) {
      return block(text, indent);
    }
    if (YamlReader.isPlainText(text) && !OLD_WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    return quoted(text);
  }

  /** Whether a literal block gives back just this text. */
  private static boolean fitsBlock(String text) {
    char first = text.charAt(0);
    if (first == ' ' || first == '\n' || first == '\t') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != '\n' && c != '\t'
          || c >= 0x7f && c < 0xa0
          || c >= 0x2028 && c <= 0x2029) {
        return false;
      }
      if (Character.isSurrogate(c) || c == '\ufeff' || c >= '\ufffe') {
        return false;
      }
    }
    return !text.endsWith("\n\n");
  }

  private static String block(String text, int indent) {
    StringBuilder out = new StringBuilder(text.endsWith("\n") ? "|" : "|-");
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    for (String line : body.split("\n", -1)) {
      out.append('\n');
      if (!line.isEmpty()) {
        out.repeat(" ", indent).append(line);
      }
    }
    return out.toString();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          boolean printable = c >= ' ' && c < 0x7f || c >= 0xa0 && c < 0x2028;
          if (printable || Character.isSurrogate(c) || c > 0x2029 && c < 0xfeff) {
            out.append(c);
          } else {
            out.append("\\u").append(HEX.toHexDigits(c));
          }
        }
      }
    }
    return out.append('"').toString();
  }
}

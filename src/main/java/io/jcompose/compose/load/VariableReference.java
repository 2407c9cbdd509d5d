package io.jcompose.compose.load;

import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A variable that a project's texts refer to.
 *
 * @param required whether it is an error when it has no value
 * @param defaultValue as written, empty when there is none
 * @param alternateValue what stands for it when it has a value, as written
 */
public record VariableReference(
    String name, boolean required, String defaultValue, String alternateValue) {

  private static final int MAX_DEPTH = 100;

  /** All variables of a tree that was not interpolated, by name, each once. */
  public static Collection<VariableReference> in(MapNode tree) {
    Map<String, VariableReference> found = new TreeMap<>();
    collect(tree, found);
    return List.copyOf(found.values());
  }

  private static void collect(Node node, Map<String, VariableReference> found) {
    switch (node) {
      case MapNode map -> map.entries().values().forEach(value -> collect(value, found));
      case ListNode list -> list.items().forEach(item -> collect(item, found));
      case Scalar scalar -> {
        if (scalar.isText() && scalar.text().indexOf('$') >= 0) {
          in(scalar.text(), 0).forEach(ref -> found.merge(ref.name(), ref, (a, b) -> a.or(b)));
        }
      }
    }
  }

  private VariableReference or(VariableReference other) {
    return new VariableReference(
        name,
        required || other.required,
        defaultValue.isEmpty() ? other.defaultValue : defaultValue,
        alternateValue.isEmpty() ? other.alternateValue : alternateValue);
  }

  private static List<VariableReference> in(String text, int depth) {
    List<VariableReference> found = new ArrayList<>();
    int at = depth > MAX_DEPTH ? -1 : text.indexOf('$');
    while (at >= 0 && at + 1 < text.length()) {
      char next = text.charAt(at + 1);
      int end = at + 1;
      if (next == '$') {
        end = at + 2;
      } else if (Interpolator.isNameStart(next)) {
        end = Interpolator.nameEnd(text, at + 1, text.length());
        found.add(new VariableReference(text.substring(at + 1, end), false, "", ""));
      } else if (next == '{') {
        int line = Interpolator.lineEnd(text, at, text.length());
        int close = Interpolator.closing(text, at, text.lastIndexOf('}', line - 1));
        if (close > 0) {
          end = close + 1;
          found.addAll(braced(text.substring(at + 2, close), depth));
        }
      }
      at = text.indexOf('$', end);
    }
    return found;
  }

  private static List<VariableReference> braced(String inner, int depth) {
    List<VariableReference> found = new ArrayList<>();
    int end = Interpolator.nameEnd(inner, 0, inner.length());
    if (end == 0) {
      return found;
    }
    String name = inner.substring(0, end);
    int operator = end < inner.length() && inner.charAt(end) == ':' ? end + 1 : end;
    String word = operator < inner.length() ? inner.substring(operator + 1) : "";
    char kind = operator < inner.length() ? inner.charAt(operator) : ' ';
    found.add(
        new VariableReference(
            name, kind == '?', kind == '-' ? word : "", kind == '+' ? word : ""));
    found.addAll(in(word, depth + 1));
    return found;
  }
}

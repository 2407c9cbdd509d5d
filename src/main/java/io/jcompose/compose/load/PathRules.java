package io.jcompose.compose.load;

import java.util.HashMap;
import java.util.Map;

/**
 * Rules for places in a tree, each with a pattern such as {@code services.*.ports.*}; {@code *}
 * stands for any key or index. Where one place has a literal and a {@code *}, the literal wins.
 *
 * @param <T> what a rule is
 */
final class PathRules<T> {

  private final Map<String, PathRules<T>> children = new HashMap<>();
  private T rule;

  /** Adds a rule. */
  PathRules<T> with(String pattern, T value) {
    PathRules<T> at = this;
    for (String part : pattern.split("\\.")) {
      at = at.children.computeIfAbsent(part, p -> new PathRules<>());
    }
    at.rule = value;
    return this;
  }

  /** The rules below a key, or null when there are none. */
  PathRules<T> below(String key) {
    PathRules<T> literal = children.get(key);
    return literal != null ? literal : children.get("*");
  }

  /** The rule for this place, or null. */
  T rule() {
    return rule;
  }
}

package io.jcompose.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options that are given several times, each {@code KEY=VALUE} or a key alone. */
final class Pairs {
  private Pairs() {}

  /** By key; of one key the last counts. {@code texts} is null when the option is not given. */
  static Map<String, String> of(List<String> texts) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String text : texts == null ? List.<String>of() : texts) {
      int at = text.indexOf('=');
      pairs.put(at < 0 ? text : text.substring(0, at), at < 0 ? "" : text.substring(at + 1));
    }
    return pairs;
  }
}

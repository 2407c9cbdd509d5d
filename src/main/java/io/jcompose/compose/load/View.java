package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.canon.DurationText;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A mapping of a canonical tree, read by type. A value that means nothing is reported, and then is
 * as good as missing.
 *
 * @param report is told of such values
 */
record View(MapNode map, String path, Consumer<Problem> report) {

  boolean has(String key) {
    return map.has(key);
  }

  View view(String key) {
    MapNode child = map.map(key);
    return new View(child == null ? new MapNode(map.place()) : child, Names.key(path, key), report);
  }

  <T> Optional<T> optional(String key, Function<View, T> read) {
    return map.map(key) == null ? Optional.empty() : view(key).read(read);
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(map.text(key));
  }

  List<String> texts(String key) {
    return Values.items(map.get(key)).stream().map(Values::text).toList();
  }

  /** Empty when the key is missing or null. */
  Optional<List<String>> command(String key) {
    Node node = map.get(key);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(texts(key));
  }

  boolean flag(String key) {
    return Values.isTrue(map.get(key));
  }

  Optional<Boolean> optionalFlag(String key) {
    return map.get(key) instanceof Scalar s && s.value() instanceof Boolean b
        ? Optional.of(b)
        : Optional.empty();
  }

  OptionalLong number(String key) {
    String text = map.text(key);
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      report(key, "not a whole number: " + text);
      return OptionalLong.empty();
    }
  }

  OptionalInt integer(String key) {
    OptionalLong number = number(key);
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    long value = number.getAsLong();
    if (value != (int) value) {
      report(key, "the number " + value + " is out of range");
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) value);
  }

  /** Permission bits, written in octal. */
  OptionalInt mode(String key) {
    String text = map.text(key);
    try {
      return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text, 8));
    } catch (NumberFormatException e) {
      report(key, "not the permission bits of a file: " + text);
      return OptionalInt.empty();
    }
  }

  OptionalDouble decimal(String key) {
    String text = map.text(key);
    try {
      return text == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      report(key, "not a number: " + text);
      return OptionalDouble.empty();
    }
  }

  Optional<Duration> duration(String key) {
    return text(key).flatMap(DurationText::parse);
  }

  /** A mapping of texts; a null is the empty text. */
  Map<String, String> labels(String key) {
    Map<String, String> labels = new HashMap<>();
    Values.entries(map.get(key)).forEach((k, v) -> labels.put(k, v.isNull() ? "" : Values.text(v)));
    return labels;
  }

  /** A mapping of texts that may be null. */
  Map<String, Optional<String>> variables(String key) {
    Map<String, Optional<String>> variables = new HashMap<>();
    Values.entries(map.get(key))
        .forEach(
            (k, v) ->
                variables.put(k, v.isNull() ? Optional.empty() : Optional.of(Values.text(v))));
    return variables;
  }

  /** The mappings of a list. */
  <T> List<T> list(String key, Function<View, T> read) {
    List<T> result = new ArrayList<>();
    List<Node> items = Values.items(map.get(key));
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof MapNode item) {
        String at = Names.item(Names.key(path, key), i);
        new View(item, at, report).read(read).ifPresent(result::add);
      }
    }
    return result;
  }

  /** The entries of a mapping; one that is null is an empty mapping. */
  <T> Map<String, T> entries(String key, BiFunction<String, View, T> read) {
    Map<String, T> result = new HashMap<>();
    Values.entries(map.get(key))
        .forEach(
            (name, node) -> {
              MapNode entry = node instanceof MapNode m ? m : new MapNode(node.place());
              new View(entry, Names.key(Names.key(path, key), name), report)
                  .read(view -> read.apply(name, view))
                  .ifPresent(value -> result.put(name, value));
            });
    return result;
  }

  /** What the mapping as a whole means, if it means anything. */
  private <T> Optional<T> read(Function<View, T> read) {
    try {
      return Optional.of(read.apply(this));
    } catch (ComposeException e) {
      if (!map.isBroken()) {
        e.problems().forEach(report);
      }
      return Optional.empty();
    }
  }

  void report(String key, String message) {
    error(key, message).problems().forEach(report);
  }

  /** For a mapping that means nothing at all with this value. */
  ComposeException error(String key, String message) {
    Node at = map.get(key) == null ? map : map.get(key);
    return at.place().error(Names.key(path, key), message);
  }
}

package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.NetworkView;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** {@code --filter key=value} of the verbs over networks: values of one key are alternatives, except labels. */
final class NetworkFilter implements Predicate<NetworkView> {
  private record Part(String key, String value) {}

  private final List<Part> parts = new ArrayList<>();

  static NetworkFilter parse(List<String> texts) {
    return parse(texts, Set.of("dangling", "driver", "id", "label", "name", "scope", "type"));
  }

  static NetworkFilter parseForPrune(List<String> texts) {
    return parse(texts, Set.of("label", "label!", "until"));
  }

  private static NetworkFilter parse(List<String> texts, Set<String> keys) {
    NetworkFilter filter = new NetworkFilter();
    for (String text : texts == null ? List.<String>of() : texts) {
      int at = text.startsWith("label!=") ? "label!".length() : text.indexOf('=');
      String key = at < 0 ? text : text.substring(0, at);
      if (at < 0 || !keys.contains(key)) {
        throw new EngineException(
            "invalid filter '" + text + "': it is KEY=VALUE, and the keys are " + String.join(", ", new TreeSet<>(keys)));
      }
      filter.add(key, text.substring(at + 1), text);
    }
    return filter;
  }

  private void add(String key, String value, String text) {
    switch (key) {
      case "dangling" -> truth(value, text);
      case "until" -> until(value, text);
      case "type" -> {
        if (!value.equals("custom") && !value.equals("builtin")) {
          throw new EngineException("invalid filter '" + text + "': the value is custom or builtin");
        }
      }
      default -> {
        // Any text will do.
      }
    }
    parts.add(new Part(key, value));
  }

  private static boolean truth(String value, String text) {
    return switch (value) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> throw new EngineException("invalid filter '" + text + "': the value is true or false");
    };
  }

  /** A moment, as milliseconds since the epoch: RFC 3339, seconds since the epoch, or how long ago (10m, 1h30m). */
  private static long until(String value, String text) {
    try {
      if (value.matches("\\d+(\\.\\d+)?")) {
        return (long) (Double.parseDouble(value) * 1000);
      }
      if (value.matches("(\\d+[hms])+")) {
        return System.currentTimeMillis() - Duration.parse("PT" + value.toUpperCase(Locale.ROOT)).toMillis();
      }
      return Instant.parse(value).toEpochMilli();
    } catch (DateTimeParseException e) {
      throw new EngineException(
          "invalid filter '" + text + "': the value is a time such as 2026-01-31T12:00:00Z, or how long ago: 24h", e);
    }
  }

  @Override
  public boolean test(NetworkView network) {
    return any("dangling", value -> truth(value, value) == (network.places().isEmpty() && !network.predefined()))
        && any("driver", network.driver()::equals)
        && any("id", network.id()::startsWith)
        && any("name", network.name()::contains)
        && any("scope", "local"::equals)
        && any("type", value -> value.equals("builtin") == network.predefined())
        && any("until", value -> network.created() < until(value, value))
        && all("label", value -> labelled(network, value))
        && all("label!", value -> !labelled(network, value));
  }

  private boolean any(String key, Predicate<String> matches) {
    List<Part> own = parts.stream().filter(p -> p.key.equals(key)).toList();
    return own.isEmpty() || own.stream().anyMatch(p -> matches.test(p.value));
  }

  private boolean all(String key, Predicate<String> matches) {
    return parts.stream().filter(p -> p.key.equals(key)).allMatch(p -> matches.test(p.value));
  }

  private static boolean labelled(NetworkView network, String text) {
    int at = text.indexOf('=');
    return at < 0
        ? network.labels().containsKey(text)
        : text.substring(at + 1).equals(network.labels().get(text.substring(0, at)));
  }
}

package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.VolumeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** {@code --filter key=value} of the verbs over volumes: values of one key are alternatives, except labels. */
final class VolumeFilter implements Predicate<VolumeView> {
  private record Part(String key, String value) {}

  private final List<Part> parts = new ArrayList<>();

  static VolumeFilter parse(List<String> texts) {
    return parse(texts, Set.of("dangling", "driver", "label", "name"));
  }

  static VolumeFilter parseForPrune(List<String> texts) {
    return parse(texts, Set.of("label", "label!", "all"));
  }

  private static VolumeFilter parse(List<String> texts, Set<String> keys) {
    VolumeFilter filter = new VolumeFilter();
    for (String text : texts == null ? List.<String>of() : texts) {
      int at = text.indexOf("!=") >= 0 ? text.indexOf("!=") + 1 : text.indexOf('=');
      String key = at < 0 ? text : text.substring(0, at);
      if (at < 0 || !keys.contains(key)) {
        throw new EngineException(
            "invalid filter '" + text + "': it is KEY=VALUE, and the keys are " + String.join(", ", new java.util.TreeSet<>(keys)));
      }
      filter.parts.add(new Part(key, text.substring(at + 1)));
      if (key.equals("dangling") || key.equals("all")) {
        truth(text.substring(at + 1), text);
      }
    }
    return filter;
  }

  private static boolean truth(String value, String text) {
    return switch (value) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> throw new EngineException("invalid filter '" + text + "': the value is true or false");
    };
  }

  /** {@code all=true}, which asks a prune for named volumes too. */
  boolean namedToo() {
    return parts.stream().anyMatch(p -> p.key.equals("all") && truth(p.value, "all=" + p.value));
  }

  @Override
  public boolean test(VolumeView volume) {
    return any("dangling", value -> truth(value, value) == volume.users().isEmpty())
        && any("driver", "local"::equals)
        && any("name", volume.name()::contains)
        && all("label", value -> labelled(volume, value))
        && all("label!", value -> !labelled(volume, value));
  }

  private boolean any(String key, Predicate<String> matches) {
    List<Part> own = parts.stream().filter(p -> p.key.equals(key)).toList();
    return own.isEmpty() || own.stream().anyMatch(p -> matches.test(p.value));
  }

  private boolean all(String key, Predicate<String> matches) {
    return parts.stream().filter(p -> p.key.equals(key)).allMatch(p -> matches.test(p.value));
  }

  private static boolean labelled(VolumeView volume, String text) {
    int at = text.indexOf('=');
    return at < 0
        ? volume.labels().containsKey(text)
        : text.substring(at + 1).equals(volume.labels().get(text.substring(0, at)));
  }
}

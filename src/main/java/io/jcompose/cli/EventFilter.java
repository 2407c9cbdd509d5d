package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.Event;
import io.jcompose.engine.EventText;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** {@code --filter key=value} of events: values of one key are alternatives, except labels. */
final class EventFilter implements Predicate<Event> {
  private static final Set<String> KEYS = Set.of("container", "event", "image", "label", "service", "type");

  private record Part(String key, String value) {}

  private final List<Part> parts;

  private EventFilter(List<Part> parts) {
    this.parts = parts;
  }

  static EventFilter parse(List<String> texts) {
    return new EventFilter(texts.stream().map(EventFilter::part).toList());
  }

  private static Part part(String text) {
    int at = text.indexOf('=');
    String key = at < 0 ? text : text.substring(0, at);
    if (at < 0 || !KEYS.contains(key)) {
      throw new EngineException(
          "invalid filter '" + text + "': it is KEY=VALUE, and the keys are " + String.join(", ", new TreeSet<>(KEYS)));
    }
    return new Part(key, text.substring(at + 1));
  }

  @Override
  public boolean test(Event event) {
    return any("container", value -> event.name().equals(value) || event.id().startsWith(value))
        && any("event", value -> EventText.word(event).equals(value) || EventText.action(event).equals(value))
        && any("image", value -> value.equals(event.attributes().get("image")))
        && any("service", event.service()::equals)
        && any("type", "container"::equals)
        && parts.stream().filter(p -> p.key.equals("label")).allMatch(p -> labelled(event, p.value));
  }

  private boolean any(String key, Predicate<String> matches) {
    List<Part> own = parts.stream().filter(p -> p.key.equals(key)).toList();
    return own.isEmpty() || own.stream().anyMatch(p -> matches.test(p.value));
  }

  private static boolean labelled(Event event, String text) {
    int at = text.indexOf('=');
    return at < 0
        ? event.attributes().containsKey(text)
        : text.substring(at + 1).equals(event.attributes().get(text.substring(0, at)));
  }
}

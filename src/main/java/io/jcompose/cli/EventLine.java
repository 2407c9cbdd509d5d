package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import io.jcompose.engine.Event;
import io.jcompose.engine.EventText;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.stream.Collectors;

/** An event as a line for people. */
final class EventLine {
  private static final long NANOS = 1_000_000_000;

  private EventLine() {}

  static Instant time(Event event) {
    return Instant.ofEpochSecond(event.nanos() / NANOS, event.nanos() % NANOS);
  }

  /**
   * @param attributes those of the event's that are shown
   */
  static String of(Event event, DateTimeFormatter stamp, Map<String, String> attributes) {
    String details =
        attributes.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(", "));
    return Printable.line(
        stamp.format(time(event)) + " container " + EventText.action(event) + " " + event.id() + " (" + details + ")");
  }
}

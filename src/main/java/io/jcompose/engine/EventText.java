package io.jcompose.engine;

/** What happened, in the words of the Docker tools. */
public final class EventText {
  private EventText() {}

  /** {@code die}, {@code health_status: healthy}, {@code exec_start: ls -l}. */
  public static String action(Event event) {
    return switch (event.kind()) {
      case HEALTH -> "health_status: " + event.attributes().getOrDefault("health", "");
      case EXEC_CREATE, EXEC_START -> word(event) + ": " + event.attributes().getOrDefault("command", "");
      default -> word(event);
    };
  }

  /** The kind alone, which filters name. */
  public static String word(Event event) {
    return event.kind() == Event.Kind.HEALTH ? "health_status" : event.kind().name().toLowerCase(java.util.Locale.ROOT);
  }
}

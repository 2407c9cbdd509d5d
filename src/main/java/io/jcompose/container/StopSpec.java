package io.jcompose.container;

/**
 * How the container is asked to stop.
 *
 * @param signal a name with or without SIG, or a number
 * @param graceMillis how long it may take before it is killed; −1: for ever
 */
public record StopSpec(String signal, long graceMillis) {
  public static final StopSpec DEFAULT = new StopSpec("SIGTERM", 10_000);
}

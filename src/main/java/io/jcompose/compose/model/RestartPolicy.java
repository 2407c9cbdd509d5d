package io.jcompose.compose.model;

import java.time.Duration;
import java.util.Optional;

/**
 * What to do when a container exits by itself.
 *
 * @param mode when to start it again
 * @param maxAttempts 0: no limit
 * @param delay between attempts, from {@code deploy}; empty: the engine's back-off
 * @param window how long a run must last to count as a success, from {@code deploy}
 */
public record RestartPolicy(
    Mode mode, int maxAttempts, Optional<Duration> delay, Optional<Duration> window) {

  public static final RestartPolicy NONE = of(Mode.NO);

  /** When to start a container again. */
  public enum Mode {
    NO("no"),
    ALWAYS("always"),
    ON_FAILURE("on-failure"),
    UNLESS_STOPPED("unless-stopped");

    private final String word;

    Mode(String word) {
      this.word = word;
    }

    /** As written in a Compose file. */
    public String word() {
      return word;
    }
  }

  /** This mode, without limits. */
  public static RestartPolicy of(Mode mode) {
    return new RestartPolicy(mode, 0, Optional.empty(), Optional.empty());
  }
}

package io.jcompose.engine.state;

/**
 * When a container is started again after it ended by itself.
 *
 * @param maxAttempts for {@code ON_FAILURE}; 0: no limit
 */
public record RestartSpec(Mode mode, int maxAttempts) {
  public RestartSpec {
    java.util.Objects.requireNonNull(mode, "mode");
  }

  public static final RestartSpec NO = new RestartSpec(Mode.NO, 0);

  /** The conditions of SEMANTICS 3.2. */
  public enum Mode {
    NO,
    ALWAYS,
    ON_FAILURE,
    UNLESS_STOPPED
  }
}

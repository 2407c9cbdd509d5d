package io.jcompose.engine;

/** An operation failed; the message is a sentence for the user that says what, where and what to do next. */
public class EngineException extends RuntimeException {
  private final int exitCode;

  public EngineException(String message) {
    this(message, 1, null);
  }

  public EngineException(String message, Throwable cause) {
    this(message, 1, cause);
  }

  public EngineException(String message, int exitCode, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The exit code of a command that fails with this: 1, or 125, 126, 127 for what could not be run. */
  public int exitCode() {
    return exitCode;
  }
}

package io.jcompose.engine;

/** A container could not be started; the exit code is 125, or 126 or 127 for its command. */
public final class StartFailedException extends EngineException {
  static final int NOT_STARTED = 125;

  public StartFailedException(String message, int exitCode, Throwable cause) {
    super(message, exitCode, cause);
  }
}

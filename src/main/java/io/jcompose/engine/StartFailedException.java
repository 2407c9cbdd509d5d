package io.jcompose.engine;

/** A container could not be started; the exit code is 125, or 126 or 127 for its command. */
public final class StartFailedException extends EngineException {
  public StartFailedException(String message, int exitCode, Throwable cause) {
    super(message, exitCode, cause);
  }
}

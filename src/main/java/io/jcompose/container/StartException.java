package io.jcompose.container;

/** A container or an exec that could not be started; the message is for the user. */
public final class StartException extends RuntimeException {
  private final int exitCode;

  StartException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  StartException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** As Docker's tools have it: 125 jcompose failed, 126 the command cannot be executed, 127 it is not there. */
  public int exitCode() {
    return exitCode;
  }
}

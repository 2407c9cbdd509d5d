package io.jcompose.engine.copy;

/** What a copy cannot do, for the user. */
public final class CopyException extends RuntimeException {
  public CopyException(String message) {
    super(message);
  }

  CopyException(String message, Throwable cause) {
    super(message, cause);
  }
}

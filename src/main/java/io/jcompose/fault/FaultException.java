package io.jcompose.fault;

/** A failure that a test has asked for. */
public final class FaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FaultException(String message) {
    super(message);
  }
}

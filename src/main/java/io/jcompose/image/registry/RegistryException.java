package io.jcompose.image.registry;

/** A registry could not do what it was asked for; the message tells the user what to do next. */
public final class RegistryException extends RuntimeException {

  /** What kind of trouble it is, for callers that have another way to go. */
  public enum Reason {
    /** No registry that was asked has it. */
    NOT_FOUND,
    /** It may exist, but not for these credentials. */
    DENIED,
    /** Asked too often. */
    RATE_LIMITED,
    /** No answer: name, network, proxy or certificate. */
    UNREACHABLE,
    /** It exists, but not for this platform or not as a container image. */
    UNSUITABLE,
    /** What came is not what was promised: digest, size, format. */
    INVALID_CONTENT,
    /** The registry answered with an error of its own. */
    FAILED
  }

  private final Reason reason;

  public RegistryException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public RegistryException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package io.jcompose.container.cgroup;

/** A control group that could not be made, limited or removed; the message is for the user. */
public final class CgroupException extends RuntimeException {
  public CgroupException(String message) {
    super(message);
  }

  public CgroupException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}

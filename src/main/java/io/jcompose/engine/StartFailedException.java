package io.jcompose.engine;

import io.jcompose.container.StartException;

/** A container could not be started; the exit code is 125, or 126 or 127 for its command. */
public final class StartFailedException extends EngineException {
  static final int NOT_STARTED = 125;
  private final String reason;

  private StartFailedException(String message, String reason, int exitCode, Throwable cause) {
    super(message, exitCode, cause);
    this.reason = reason;
  }

  /** Of the first process of a container with this name. */
  static StartFailedException of(String container, StartException cause) {
    return of(container, cause.getMessage(), cause.exitCode(), cause);
  }

  /** The same for what went wrong before there was a process. */
  static StartFailedException of(String container, String reason, int exitCode, Throwable cause) {
    return new StartFailedException("container " + container + ": " + reason, reason, exitCode, cause);
  }

  /** Of a process beside the first, in a container that the caller has named. */
  static StartFailedException ofExec(StartException cause) {
    return new StartFailedException(cause.getMessage(), cause.getMessage(), cause.exitCode(), cause);
  }

  /** Why, for those who don't know the container by its name. */
  String reason() {
    return reason;
  }
}

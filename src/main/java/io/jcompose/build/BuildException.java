package io.jcompose.build;

/**
 * A build that can't go on. The message is for the user; where a Dockerfile is at fault it says the
 * place.
 */
public final class BuildException extends RuntimeException {
  private final int exitCode;
  private final boolean placed;

  public BuildException(String message) {
    this(message, 1, false, null);
  }

  public BuildException(String message, Throwable cause) {
    this(message, 1, false, cause);
  }

  private BuildException(String message, int exitCode, boolean placed, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.placed = placed;
  }

  /** A step's program ended with {@code exitCode}. */
  static BuildException stepFailed(String message, int exitCode) {
    return new BuildException(message, exitCode, true, null);
  }

  /** {@code message} already says the place in a Dockerfile. */
  static BuildException placed(String message) {
    return new BuildException(message, 1, true, null);
  }

  /** This error, with the place {@code at} unless it has one. */
  BuildException orAt(Text at) {
    return placed ? this : at.error(getMessage());
  }

  /** The exit code of the program that failed, 1 when it was not a program. */
  public int exitCode() {
    return exitCode;
  }
}

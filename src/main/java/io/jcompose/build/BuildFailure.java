package io.jcompose.build;

import io.jcompose.image.ImageException;

/** Turns what went wrong below into what the user is told. */
final class BuildFailure {
  private BuildFailure() {}

  /** {@code what} was being done; a full disk is said as such. */
  static BuildException of(String what, Throwable cause) {
    if (cause instanceof BuildException already) {
      return already;
    }
    if (ImageException.isDiskFull(cause)) {
      return new BuildException(
          what
              + ": no space is left on the disk; make room and build again (what was built so far"
              + " is kept)",
          cause);
    }
    String message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new BuildException(what + ": " + message, cause);
  }
}

package io.jcompose.container;

import io.jcompose.linux.Errno;

/** A step of a program has failed in the new process. */
final class StepFailedException extends RuntimeException {
  /** The failure came before the first step: pipes or clone. */
  static final int NO_STEP = -1;

  final int step;
  final int errno;
  final String argument;

  StepFailedException(int step, int errno, String argument) {
    super("step " + step + ", " + argument + ": " + Errno.message(errno));
    this.step = step;
    this.errno = errno;
    this.argument = argument;
  }
}

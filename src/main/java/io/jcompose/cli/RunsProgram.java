package io.jcompose.cli;

/** A command whose arguments from the first one on that is no option belong to the program that it runs. */
interface RunsProgram {
  /** The exit code for options that it doesn't know. */
  default int usageCode() {
    return Commands.USAGE;
  }
}

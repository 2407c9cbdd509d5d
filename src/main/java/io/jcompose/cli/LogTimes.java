package io.jcompose.cli;

import picocli.CommandLine;

/**
 * Which lines of a log are wanted.
 *
 * @param tail negative: all
 * @param since nanoseconds since the epoch; 0: from the beginning
 * @param until nanoseconds since the epoch; 0: to the end
 */
record LogTimes(long tail, long since, long until) {
  static LogTimes parse(CommandLine.Model.CommandSpec spec, String tail, String since, String until) {
    return new LogTimes(
        lines(spec, tail),
        since == null ? 0 : Moment.parse("--since", since),
        until == null ? 0 : Moment.parse("--until", until));
  }

  private static long lines(CommandLine.Model.CommandSpec spec, String tail) {
    if (tail.equals("all")) {
      return -1;
    }
    try {
      return Long.parseLong(tail);
    } catch (NumberFormatException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--tail " + tail + ": a number of lines, or all");
    }
  }

  boolean all() {
    return tail < 0 && since == 0 && until == 0;
  }
}

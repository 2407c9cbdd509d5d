package io.jcompose.cli;

import picocli.CommandLine.Option;

/** What the two forms of {@code stats} have in common. */
final class StatsFlags {
  @Option(names = {"-a", "--all"}, description = "Shows containers that don't run, too")
  boolean all;

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json, or a template")
  String format = "";

  @Option(names = "--no-stream", description = "Shows one table only")
  boolean noStream;

  @Option(names = "--no-trunc", description = "Shows ids in full")
  boolean noTrunc;

  /**
   * @param named whether containers are named, which are shown whether they run or not
   */
  StatsView.Options options(boolean named) {
    return new StatsView.Options(all || named, format, noStream, noTrunc);
  }
}

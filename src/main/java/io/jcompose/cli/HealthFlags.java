package io.jcompose.cli;

import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about the health check. */
final class HealthFlags {
  @Option(names = "--health-cmd", paramLabel = "COMMAND", description = "What tells whether it works")
  String command;

  @Option(names = "--health-interval", paramLabel = "TIME", description = "Between probes. Default: 30s")
  String interval;

  @Option(names = "--health-retries", paramLabel = "N", description = "Failures in a row that make it unhealthy. Default: 3")
  Integer retries;

  @Option(names = "--health-timeout", paramLabel = "TIME", description = "How long a probe may take. Default: 30s")
  String timeout;

  @Option(names = "--health-start-period", paramLabel = "TIME", description = "In which failures don't count")
  String startPeriod;

  @Option(names = "--health-start-interval", paramLabel = "TIME", description = "Between probes in that time. Default: 5s")
  String startInterval;

  @Option(names = "--no-healthcheck", description = "Switches the image's check off")
  boolean none;

  void write(FlagDocument document) {
    if (none) {
      document.group("healthcheck", "--no-healthcheck").put("disable", true);
    }
    put(document, "test", "--health-cmd", command);
    put(document, "interval", "--health-interval", interval);
    put(document, "timeout", "--health-timeout", timeout);
    put(document, "start_period", "--health-start-period", startPeriod);
    put(document, "start_interval", "--health-start-interval", startInterval);
    if (retries != null) {
      document.group("healthcheck", "--health-retries").put("retries", retries);
    }
  }

  private static void put(FlagDocument document, String attribute, String flag, String value) {
    if (value != null) {
      document.group("healthcheck", flag).put(attribute, FlagDocument.escaped(value));
    }
  }
}

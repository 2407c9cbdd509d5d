package io.jcompose.engine;

import io.jcompose.container.cgroup.Usage;
import io.jcompose.engine.state.ContainerRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads what containers use, from their control groups and their network interfaces. */
public final class ContainerStatistics {
  private static final int RECEIVED = 0;
  private static final int SENT = 8;
  private final Units units;
  private final Starter starter;
  private final long hostMemory = hostMemory();

  ContainerStatistics(Units units, Starter starter) {
    this.units = units;
    this.starter = starter;
  }

  /** What the container has used up to now; empty when it does not run. */
  public Optional<ContainerSample> sample(String id) {
    Optional<Unit> unit = units.byId(id);
    if (unit.isEmpty() || !unit.get().status().state().hasProcess()) {
      return Optional.empty();
    }
    ContainerRecord record = unit.get().record();
    Usage usage = starter.runtime().usage(record.spec());
    // Of a namespace that is not its own there is nothing to tell.
    long[] network = record.networkMode().equals("host") ? new long[2] : network(unit.get().status().pid());
    return Optional.of(
        new ContainerSample(
            System.nanoTime(),
            usage.cpuNanos(),
            usage.memory(),
            Math.min(usage.memoryLimit(), hostMemory),
            network[0],
            network[1],
            usage.readBytes(),
            usage.writtenBytes(),
            usage.pids()));
  }

  private static long[] network(int pid) {
    long[] sums = new long[2];
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc", Integer.toString(pid), "net", "dev"));
      for (String line : lines.subList(2, lines.size())) {
        int colon = line.indexOf(':');
        String[] counts = line.substring(colon + 1).strip().split("\\s+");
        if (!line.substring(0, colon).strip().equals("lo")) {
          sums[0] += Long.parseLong(counts[RECEIVED]);
          sums[1] += Long.parseLong(counts[SENT]);
        }
      }
    } catch (IOException e) {
      System.getLogger("engine").log(System.Logger.Level.DEBUG, "a container has ended while it was looked at", e);
    }
    return sums;
  }

  private static long hostMemory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Long.MAX_VALUE;
  }
}

package io.jcompose.container.cgroup;

import java.util.List;

/**
 * Resource limits. 0 or an empty text means that nothing is asked for.
 *
 * @param memory bytes
 * @param memorySwap memory plus swap in bytes; −1: unlimited swap; 0 with {@code memory}: twice the memory
 * @param memoryReservation bytes
 * @param nanoCpus billionths of a CPU
 * @param cpuShares 2 … 262144, as in cgroup v1
 * @param cpuQuota microseconds in each {@code cpuPeriod}
 * @param cpuPeriod microseconds
 * @param cpusetCpus such as {@code 0-2,4}
 * @param pids most processes and threads; −1: unlimited
 * @param blkioWeight 10 … 1000
 * @param swappiness 0 … 100; null: nothing is asked for
 * @param blockLimits of single devices
 * @param parent the group below which the container's is, in every hierarchy, made if it is not there; empty: ours
 * @param realTimePeriod microseconds; 0: the kernel's, a second
 * @param realTimeRuntime microseconds in each {@code realTimePeriod} for real-time processes
 */
public record Limits(
    long memory,
    long memorySwap,
    long memoryReservation,
    long nanoCpus,
    long cpuShares,
    long cpuQuota,
    long cpuPeriod,
    String cpusetCpus,
    String cpusetMems,
    long pids,
    int blkioWeight,
    boolean oomKillDisable,
    Integer swappiness,
    List<BlockLimit> blockLimits,
    String parent,
    long realTimePeriod,
    long realTimeRuntime) {
  public static final Limits NONE =
      new Limits(0, 0, 0, 0, 0, 0, 0, "", "", 0, 0, false, null, List.of(), "", 0, 0);

  public Limits {
    blockLimits = blockLimits == null ? List.of() : List.copyOf(blockLimits);
    parent = parent == null ? "" : parent;
  }

  private static final long DEFAULT_PERIOD = 100_000;

  public Limits withRealTime(long period, long runtime) {
    return new Limits(
        memory, memorySwap, memoryReservation, nanoCpus, cpuShares, cpuQuota, cpuPeriod, cpusetCpus,
        cpusetMems, pids, blkioWeight, oomKillDisable, swappiness, blockLimits, parent, period, runtime);
  }

  public Limits withMemory(long bytes) {
    return new Limits(
        bytes, memorySwap, memoryReservation, nanoCpus, cpuShares, cpuQuota, cpuPeriod, cpusetCpus,
        cpusetMems, pids, blkioWeight, oomKillDisable, swappiness, blockLimits, parent, realTimePeriod,
        realTimeRuntime);
  }

  public Limits withPids(long most) {
    return new Limits(
        memory, memorySwap, memoryReservation, nanoCpus, cpuShares, cpuQuota, cpuPeriod, cpusetCpus,
        cpusetMems, most, blkioWeight, oomKillDisable, swappiness, blockLimits, parent, realTimePeriod,
        realTimeRuntime);
  }

  public Limits withNanoCpus(long billionths) {
    return new Limits(
        memory, memorySwap, memoryReservation, billionths, cpuShares, cpuQuota, cpuPeriod, cpusetCpus,
        cpusetMems, pids, blkioWeight, oomKillDisable, swappiness, blockLimits, parent, realTimePeriod,
        realTimeRuntime);
  }

  /** Microseconds of a CPU per {@link #period}; 0: no limit. */
  long quota() {
    return nanoCpus > 0 ? nanoCpus * DEFAULT_PERIOD / 1_000_000_000L : cpuQuota;
  }

  long period() {
    return nanoCpus > 0 || cpuPeriod == 0 ? DEFAULT_PERIOD : cpuPeriod;
  }

  /** Memory plus swap in bytes, −1 for unlimited, 0 for no limit asked: Docker gives as much swap as memory. */
  long memoryAndSwap() {
    return memory > 0 && memorySwap == 0 ? 2 * memory : memorySwap;
  }
}

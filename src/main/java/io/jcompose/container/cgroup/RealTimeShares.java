package io.jcompose.container.cgroup;

import io.jcompose.linux.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * CPU time for real-time processes (version 1, CONFIG_RT_GROUP_SCHED). A group has none until it is given some, and no
 * more than the group above it has; so ours above the containers have what these need together, and no more: it is
 * taken from all other groups of the host.
 */
final class RealTimeShares {
  private static final String PERIOD = "cpu.rt_period_us";
  private static final String RUNTIME = "cpu.rt_runtime_us";
  private static final long SECOND = 1_000_000;
  private static final long SETTLE_LIMIT_MILLIS = 2000;
  private static final long SETTLE_PAUSE_NANOS = 1_000_000;

  private final Path mount;
  private final List<CgroupFolder> ours;

  /**
   * @param mount of the cpu hierarchy
   * @param containers the group above those of containers
   */
  RealTimeShares(Path mount, Path containers) {
    this.mount = mount;
    ours = List.of(new CgroupFolder(mount.resolve(containers.getParent())), new CgroupFolder(mount.resolve(containers)));
  }

  /** Throws where the kernel has no such shares, or not enough of them. */
  synchronized void give(CgroupFolder folder, Limits limits) {
    if (limits.realTimePeriod() == 0 && limits.realTimeRuntime() == 0) {
      return;
    }
    if (!folder.has(RUNTIME)) {
      throw unknown();
    }
    try {
      if (limits.realTimePeriod() > 0) {
        folder.write(PERIOD, Long.toString(limits.realTimePeriod()));
      }
      if (folder.parent().equals(ours.getLast())) {
        share(perSecond(limits.realTimeRuntime(), folder.number(PERIOD, SECOND)) - perSecond(folder));
      }
      folder.write(RUNTIME, Long.toString(limits.realTimeRuntime()));
    } catch (CgroupException e) {
      throw new CgroupException(
          "cpu_rt_runtime: the kernel has no %d of %d microseconds left for real-time processes of another group (%s)"
              .formatted(limits.realTimeRuntime(), folder.number(PERIOD, SECOND), mount),
          e);
    }
  }

  /** Gives back what containers that are gone had; the kernel counts a group for a moment after its end. */
  synchronized void settle() {
    if (ours.getLast().number(RUNTIME, 0) == 0) {
      return;
    }
    long deadline = Clock.monotonicMillis() + SETTLE_LIMIT_MILLIS;
    while (true) {
      try {
        share(0);
        return;
      } catch (CgroupException e) {
        if (Clock.monotonicMillis() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(SETTLE_PAUSE_NANOS);
      }
    }
  }

  /** Sets ours to what those below have together, and {@code more}: from above where that is more, or else from below. */
  private void share(long more) {
    long needed = more;
    for (String child : ours.getLast().children()) {
      needed += perSecond(ours.getLast().child(child));
    }
    boolean grows = needed > ours.getLast().number(RUNTIME, 0);
    for (CgroupFolder group : grows ? ours : ours.reversed()) {
      group.write(RUNTIME, Long.toString(needed));
    }
  }

  private static long perSecond(CgroupFolder folder) {
    return perSecond(folder.number(RUNTIME, 0), folder.number(PERIOD, SECOND));
  }

  /** Rounded up. */
  private static long perSecond(long runtime, long period) {
    return (Math.max(0, runtime) * SECOND + period - 1) / period;
  }

  static CgroupException unknown() {
    return new CgroupException(
        "cpu_rt_period, cpu_rt_runtime: this kernel gives control groups no share of the time for real-time processes"
            + " (version 1 with CONFIG_RT_GROUP_SCHED does)");
  }
}

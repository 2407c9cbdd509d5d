package io.jcompose.container.cgroup;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Processes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Kills what lives in a group, round by round until nobody is left: a fork may be faster than one round. */
final class ProcessKill {
  private ProcessKill() {}

  /**
   * @param processes who lives there now
   * @param round kills all of them at once
   * @return false when some were left after {@code atMost}
   */
  static boolean untilEmpty(
      Supplier<List<Integer>> processes, Runnable round, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      List<Integer> pids = processes.get();
      if (pids.isEmpty()) {
        return true;
      }
      List<Fd> watched = open(pids);
      try {
        round.run();
        for (Fd pidfd : watched) {
          Duration left = Duration.ofNanos(deadline - System.nanoTime());
          if (left.isNegative() || !Processes.awaitEnd(pidfd, left)) {
            return processes.get().isEmpty();
          }
        }
      } finally {
        watched.forEach(Fd::close);
      }
    }
  }

  private static List<Fd> open(List<Integer> pids) {
    List<Fd> opened = new ArrayList<>();
    for (int pid : pids) {
      try {
        opened.add(Processes.open(pid));
      } catch (LinuxException e) {
        if (!e.is(Errno.ESRCH) && !e.is(Errno.EINVAL)) { // EINVAL: a thread, not a process
          opened.forEach(Fd::close);
          throw e;
        }
      }
    }
    return opened;
  }

  /** SIGKILL to each; one that is gone is fine. */
  static void signalAll(List<Integer> pids) {
    for (Fd pidfd : open(pids)) {
      try (pidfd) {
        Processes.signal(pidfd, Processes.SIGKILL);
      } catch (LinuxException e) {
        if (!e.is(Errno.ESRCH)) {
          throw e;
        }
      }
    }
  }
}

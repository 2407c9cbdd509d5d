package io.jcompose.container.cgroup;

import io.jcompose.linux.Fd;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The control group of one container, in every hierarchy. */
public interface ContainerCgroup {
  long END_PAUSE_NANOS = 1_000_000;

  /** One open file of a hierarchy: a process of one thread that writes 0 into it joins. */
  record Entry(String hierarchy, Fd fd) {}

  /**
   * The entries of all hierarchies. Close them.
   *
   * @param cloned leaves the unified one out: the process was made in {@link #openFolder}
   */
  List<Entry> openEntries(boolean cloned);

  /** The folder for CLONE_INTO_CGROUP; empty where there is no unified hierarchy. */
  List<Fd> openFolder();

  /** Whether there is anything of it. */
  boolean exists();

  /** Live processes, by the host's numbers. */
  List<Integer> processes();

  /**
   * Kills every process in it, also those that are forked meanwhile, and waits until they are gone.
   *
   * @return false when some were still there after {@code atMost}
   */
  boolean kill(Duration atMost);

  /** How many of its processes the kernel has killed for want of memory; 0 when the group is gone. */
  long oomKills();

  Usage usage();

  /** Asks the kernel to stop all its processes from running; it does so a moment later. */
  void freeze();

  /** Whether it was asked to, be it done yet or not. */
  boolean freezing();

  /** Waits until none of its processes runs; false when that took longer than {@code atMost}. */
  boolean awaitFrozen(Duration atMost);

  void thaw();

  /** Removes it from every hierarchy; harmless when it is gone. Throws when a process lives in it. */
  void remove();

  /**
   * As {@link #remove}, and kills who is in it, also an exec that was on its way to the group and arrives meanwhile.
   * Throws when a process was still there after {@code atMost}.
   */
  default void end(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        remove();
        return;
      } catch (CgroupException e) {
        // Who was there may be gone again by now, or have joined some of the hierarchies only.
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      kill(atMost);
      LockSupport.parkNanos(END_PAUSE_NANOS);
    }
  }
}

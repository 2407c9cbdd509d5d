package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** Processes by pidfd: a number may be another process by the time it is used, a pidfd never is. */
public final class Processes {
  public static final int SIGKILL = 9;

  private static final int SYS_PIDFD_SEND_SIGNAL = 424;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final short POLLIN = 1;

  private Processes() {}

  /** Throws ESRCH when there is no such process. */
  public static Fd open(int pid) {
    return new Fd((int) check(C.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0, 0), "pidfd_open", pid));
  }

  public static void signal(Fd pidfd, int signal) {
    check(
        C.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0, 0),
        "pidfd_send_signal",
        signal);
  }

  /** Waits until the process has ended, at most {@code atMost}; false when it has not. Blocks the thread. */
  public static boolean awaitEnd(Fd pidfd, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      byte[] entry =
          ByteBuffer.allocate(8)
              .order(ByteOrder.nativeOrder())
              .putInt(pidfd.number())
              .putShort(POLLIN)
              .array();
      long left = Math.max(0, (deadline - System.nanoTime() + 999_999) / 1_000_000);
      int ready = C.poll(entry, 1, (int) Math.min(left, Integer.MAX_VALUE));
      if (ready >= 0) {
        return ready > 0;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "poll", pidfd.toString());
      }
    }
  }
}

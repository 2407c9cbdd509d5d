package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a process by number and start time, which together name it for ever. */
public final class ProcessIdentity {
  private static final int FIELD_AFTER_NAME = 22 - 3;

  private ProcessIdentity() {}

  /**
   * A pidfd of the process. Throws ESRCH when it is gone, also when its number is another process's now.
   *
   * @param startTime field 22 of /proc/PID/stat
   */
  public static Fd open(int pid, long startTime) {
    Fd pidfd = Processes.open(pid);
    if (startTime(pid) != startTime) {
      pidfd.close();
      throw new LinuxException(Errno.ESRCH, "process", Integer.toString(pid));
    }
    return pidfd;
  }

  /** The start time; −1 when there is no such process. */
  static long startTime(int pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name, in brackets, may hold anything: the fields count from the last bracket.
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[FIELD_AFTER_NAME]);
    } catch (IOException e) {
      return -1;
    }
  }
}

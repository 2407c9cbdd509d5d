package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

/** Files in memory (memfd_create(2)). */
public final class Memfd {
  private static final int MFD_CLOEXEC = 1;

  private Memfd() {}

  /** A file without a path that holds {@code content}; {@code name} shows in /proc/PID/fd. */
  public static Fd of(String name, byte[] content) {
    Fd fd = new Fd(check(C.memfd_create(Fs.z(name), MFD_CLOEXEC), "memfd_create", name));
    try {
      Fs.write(fd, content);
      return fd;
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
  }
}

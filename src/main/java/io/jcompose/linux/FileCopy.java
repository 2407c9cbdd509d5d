package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.util.Set;

/** Copies the content of files: by sharing their blocks, else inside of the kernel, else byte by byte. */
final class FileCopy {
  private static final long FICLONE = 0x40049409L;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int BUFFER = 1 << 17;

  /** What a file system answers that can't do it, or not between these two. */
  private static final Set<Integer> CANNOT =
      Set.of(Errno.EOPNOTSUPP, Errno.EXDEV, Errno.EINVAL, Errno.ENOTTY, Errno.ENOSYS);

  private boolean clones = true;
  private boolean ranges = true;

  /**
   * Copies from the beginning to the end; {@code to} is empty.
   *
   * @param size in bytes
   * @param holes whether there may be any; they stay holes
   */
  void copy(Fd from, Fd to, long size, boolean holes) {
    if (size == 0 || clones && cloned(from, to)) {
      return;
    }
    if (holes) {
      sparse(from, to);
    } else {
      range(from, to, 0, Long.MAX_VALUE);
    }
  }

  private boolean cloned(Fd from, Fd to) {
    if (C.ioctl(to.number(), FICLONE, (long) from.number()) >= 0) {
      return true;
    }
    int errno = LibC.errno();
    if (!CANNOT.contains(errno)) {
      throw new LinuxException(errno, "ioctl FICLONE", from.toString());
    }
    clones = false;
    return false;
  }

  private void sparse(Fd from, Fd to) {
    long end = 0;
    while (true) {
      long data = C.lseek(from.number(), end, SEEK_DATA);
      if (data < 0) {
        int errno = LibC.errno();
        if (errno == Errno.ENXIO) { // a hole up to the end
          Fs.truncate(to, Fs.stat(from).size()); // it may have become shorter
          return;
        }
        throw new LinuxException(errno, "lseek SEEK_DATA", from.toString());
      }
      end = check(C.lseek(from.number(), data, SEEK_HOLE), "lseek SEEK_HOLE", from);
      range(from, to, data, end - data);
    }
  }

  /** Up to {@code length} bytes from {@code start}, to the same place; less at the end of the file. */
  private void range(Fd from, Fd to, long start, long length) {
    Fs.seek(from, start);
    Fs.seek(to, start);
    long left = length;
    while (left > 0 && ranges) {
      long count = C.copy_file_range(from.number(), null, to.number(), null, Math.min(left, 1L << 30), 0);
      if (count == 0) {
        return;
      }
      if (count < 0) {
        int errno = LibC.errno();
        if (errno == Errno.EINTR) {
          continue;
        }
        if (!CANNOT.contains(errno)) {
          throw new LinuxException(errno, "copy_file_range", from.toString());
        }
        ranges = false;
      } else {
        left -= count;
      }
    }
    byte[] buffer = left > 0 ? new byte[BUFFER] : new byte[0];
    while (left > 0) {
      int count = (int) check(C.read(from.number(), buffer, Math.min(left, BUFFER)), "read", from);
      if (count == 0) {
        return;
      }
      Fs.write(to, buffer, count);
      left -= count;
    }
  }
}

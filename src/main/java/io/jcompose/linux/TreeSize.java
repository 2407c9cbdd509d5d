package io.jcompose.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What a tree takes on its disk: follows no symbolic link, crosses no mount point. */
public final class TreeSize {
  private static final int BLOCK = 512;

  private TreeSize() {}

  /** Bytes of all files below {@code root}, a file of several names once; what is gone meanwhile counts nothing. */
  public static long of(Path root) {
    try (Fd dir =
        Fs.openIfThere(null, root.toString().getBytes(StandardCharsets.UTF_8), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      return dir == null ? 0 : below(dir, new HashSet<>());
    }
  }

  private static long below(Fd dir, Set<Long> seen) {
    long bytes = 0;
    for (Fs.Entry entry : Fs.list(dir)) {
      try {
        Fs.Stat stat = Fs.stat(dir, entry.name());
        if (stat.isDirectory()) {
          long resolve = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_XDEV;
          try (Fd sub = Fs.openat2(dir, entry.name(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0, resolve)) {
            bytes += below(sub, seen);
          }
        } else if (stat.links() == 1 || seen.add(stat.inode())) {
          bytes += stat.blocks() * BLOCK;
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.EXDEV)) {
          throw e;
        }
      }
    }
    return bytes;
  }
}

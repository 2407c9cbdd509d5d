package io.jcompose.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToLongFunction;

/** What a tree takes on its disk: follows no symbolic link, crosses no mount point. */
public final class TreeSize {
  private static final int BLOCK = 512;

  private TreeSize() {}

  /** Bytes of all files below {@code root}, a file of several names once; what is gone meanwhile counts nothing. */
  public static long of(Path root) {
    Set<Long> seen = new HashSet<>();
    return sum(root, stat -> stat.links() == 1 || seen.add(stat.inode()) ? stat.blocks() * BLOCK : 0);
  }

  /**
   * The same for one of several trees that share files: each name of a file counts for its part of it, so that
   * all trees together count it once.
   */
  public static long shareOf(Path root) {
    return sum(root, stat -> stat.blocks() * BLOCK / stat.links());
  }

  private static long sum(Path root, ToLongFunction<Fs.Stat> size) {
    try (Fd dir =
        Fs.openIfThere(null, root.toString().getBytes(StandardCharsets.UTF_8), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      return dir == null ? 0 : below(dir, size);
    }
  }

  private static long below(Fd dir, ToLongFunction<Fs.Stat> size) {
    long bytes = 0;
    for (Fs.Entry entry : Fs.list(dir)) {
      try {
        Fs.Stat stat = Fs.stat(dir, entry.name());
        if (stat.isDirectory()) {
          long resolve = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_XDEV;
          try (Fd sub = Fs.openat2(dir, entry.name(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0, resolve)) {
            bytes += below(sub, size);
          }
        } else {
          bytes += size.applyAsLong(stat);
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

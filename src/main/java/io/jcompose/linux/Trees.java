package io.jcompose.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Removal of whole directory trees by descriptor: follows no symbolic link and crosses no mount point. */
public final class Trees {
  private Trees() {}

  /** Removes {@code path}, an absolute path of the engine's own, and all below it. Nothing there is fine. */
  public static void delete(Path path) {
    Path parent = path.getParent();
    try (Fd dir =
        Fs.openIfThere(null, bytes(parent.toString()), Fs.O_PATH | Fs.O_DIRECTORY, 0)) {
      if (dir != null) {
        delete(dir, bytes(path.getFileName().toString()));
      }
    }
  }

  /**
   * Removes {@code name}, one path component, in {@code parent} and all below it. Nothing there is fine; a
   * mount point stops it with EXDEV before anything on the other side is touched.
   */
  public static void delete(Fd parent, byte[] name) {
    try {
      Fs.unlink(parent, name, false);
      return;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return;
      }
      if (!e.is(Errno.EISDIR) && !e.is(Errno.EPERM)) {
        throw e;
      }
    }
    deleteDirectory(parent, name);
  }

  /** An open directory on the way down, and what is still in it. */
  private record Level(Fd dir, byte[] name, Deque<Fs.Entry> left) {}

  private static void deleteDirectory(Fd parent, byte[] name) {
    Deque<Level> levels = new ArrayDeque<>();
    try {
      levels.push(enter(parent, name));
      while (!levels.isEmpty()) {
        Level level = levels.peek();
        Fs.Entry entry = level.left().poll();
        if (entry == null) {
          levels.pop().dir().close();
          Fs.unlink(levels.isEmpty() ? parent : levels.peek().dir(), level.name(), true);
        } else if (isDirectory(level.dir(), entry)) {
          levels.push(enter(level.dir(), entry.name()));
        } else {
          Fs.unlink(level.dir(), entry.name(), false);
        }
      }
    } finally {
      levels.forEach(level -> level.dir().close());
    }
  }

  private static boolean isDirectory(Fd dir, Fs.Entry entry) {
    int unknown = 0;
    int directory = 4;
    return entry.type() == directory
        || entry.type() == unknown && Fs.stat(dir, entry.name()).isDirectory();
  }

  private static Level enter(Fd parent, byte[] name) {
    long resolve = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_XDEV;
    Fd dir = Fs.openat2(parent, name, Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, resolve);
    try {
      List<Fs.Entry> entries = Fs.list(dir);
      return new Level(dir, name, new ArrayDeque<>(entries));
    } catch (LinuxException e) {
      dir.close();
      throw e;
    }
  }

  private static byte[] bytes(String path) {
    return path.getBytes(StandardCharsets.UTF_8);
  }
}

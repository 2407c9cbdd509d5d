package io.jcompose.build;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;

/**
 * The root file system that a step changes. Paths are the image's: its links are followed inside
 * the root, as a process chrooted there would, and nowhere else.
 */
final class RootTree {
  private static final long CONFINED = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private final Fd root;

  RootTree(Fd root) {
    this.root = root;
  }

  Fd root() {
    return root;
  }

  /** What {@code path} leads to, links followed; null when nothing is there. */
  Fs.Stat stat(String path) {
    Fd found = Fs.openIfThere(root, name(path), Fs.O_PATH, CONFINED);
    if (found == null) {
      return null;
    }
    try (found) {
      return Fs.stat(found);
    }
  }

  private static byte[] name(String path) {
    return path.isEmpty() ? new byte[] {'.'} : RawPath.bytes(path);
  }

  /**
   * Opens the folder {@code path}; missing ones on the way are made, 0755 root. Says whether it was
   * missing.
   */
  Made directory(String path) {
    Fd found = openDirectory(path);
    if (found != null) {
      return new Made(found, false);
    }
    try (Fd above = directory(RawPath.parent(path)).dir()) {
      byte[] base = RawPath.bytes(RawPath.base(path));
      try {
        Fs.mkdir(above, base, 0755);
      } catch (LinuxException e) {
        if (e.is(Errno.EEXIST)) {
          throw new BuildException("/" + RawPath.shown(path) + " is not a directory");
        }
        throw e;
      }
      return new Made(openHere(above, base), true);
    }
  }

  /** An open folder, and whether it had to be made. */
  record Made(Fd dir, boolean isNew) {}

  private Fd openDirectory(String path) {
    return Fs.openIfThere(root, name(path), Fs.O_RDONLY | Fs.O_DIRECTORY, CONFINED);
  }

  /** Opens a folder that lies in {@code parent} itself. */
  static Fd openHere(Fd parent, byte[] base) {
    return Fs.openat2(
        parent,
        base,
        Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW,
        0,
        Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS);
  }
}

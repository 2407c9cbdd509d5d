package io.jcompose.container;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Trees;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The first use of a volume: an empty one takes over what the image has at its target, with owners, modes, times,
 * extended attributes and hard links (SEMANTICS §3.7). No symbolic link is followed on either side.
 */
final class VolumeCopy {
  private static final long BELOW =
      Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_MAGICLINKS;

  private static final byte[] SELF = {'.'};

  /** On a volume's folder while it is being filled. */
  private static final String UNFINISHED = "trusted.jcompose.unfinished";

  /** Copied files that have more names, by device and inode. */
  private final Map<String, byte[]> seen = new HashMap<>();

  private final Fd root;

  private VolumeCopy(Fd root) {
    this.root = root;
  }

  /**
   * Copies what is in {@code from} into {@code volume}, both directories; nothing when the volume is not empty. A copy
   * that an engine has begun and not finished is made anew.
   */
  static void fill(Fd from, Fd volume) {
    boolean begun = Fs.getXattr(volume, UNFINISHED) != null;
    if (!begun && !Fs.list(volume).isEmpty()) {
      return;
    }
    if (begun) {
      Fs.list(from).forEach(entry -> Trees.delete(volume, entry.name()));
    }
    setXattr(volume, UNFINISHED, SELF);
    VolumeCopy copy = new VolumeCopy(volume);
    copy.directory(from, volume, "");
    Fault.point("volume.copied");
    attributes(from, volume);
    times(volume, SELF, Fs.stat(from));
    if (Fs.getXattr(volume, UNFINISHED) != null) {
      Fs.removeXattr(volume, UNFINISHED);
    }
  }

  private static void times(Fd dir, byte[] name, Fs.Stat stat) {
    Fs.utimes(dir, name, stat.mtimeSeconds(), stat.mtimeNanos());
  }

  private void directory(Fd from, Fd to, String path) {
    for (Fs.Entry entry : Fs.list(from)) {
      entry(from, to, entry.name(), path + name(entry.name()));
      Fault.point("volume.copy.entry");
    }
  }

  private static String name(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private void entry(Fd from, Fd to, byte[] name, String path) {
    Fs.Stat stat = Fs.stat(from, name);
    switch (stat.type()) {
      case Fs.S_IFDIR -> {
        Fs.mkdir(to, name, 0700);
        try (Fd source = open(from, name, Fs.O_RDONLY | Fs.O_DIRECTORY);
            Fd target = open(to, name, Fs.O_RDONLY | Fs.O_DIRECTORY)) {
          directory(source, target, path + "/");
          attributes(source, target);
          times(target, SELF, stat);
        }
      }
      case Fs.S_IFREG -> file(from, to, name, path, stat);
      case Fs.S_IFLNK -> {
        Fs.symlink(Fs.readlink(from, name), to, name);
        Fs.chown(to, name, stat.uid(), stat.gid());
        times(to, name, stat);
      }
      default -> {
        Fs.mknod(to, name, stat.mode(), stat.rdevMajor(), stat.rdevMinor());
        Fs.chown(to, name, stat.uid(), stat.gid());
        Fs.chmod(to, name, stat.permissions());
        times(to, name, stat);
      }
    }
  }

  private static Fd open(Fd dir, byte[] name, int flags) {
    return Fs.openat2(dir, name, flags | Fs.O_NOFOLLOW, 0, BELOW);
  }

  private void file(Fd from, Fd to, byte[] name, String path, Fs.Stat stat) {
    if (stat.links() > 1) {
      String key = stat.devMajor() + ":" + stat.devMinor() + ":" + stat.inode();
      byte[] first = seen.putIfAbsent(key, path.getBytes(StandardCharsets.ISO_8859_1));
      if (first != null) {
        Fs.link(root, first, to, name, 0);
        return;
      }
    }
    int flags = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
    try (Fd source = open(from, name, Fs.O_RDONLY);
        Fd target = Fs.openat2(to, name, flags, 0600, BELOW)) {
      byte[] buffer = new byte[1 << 16];
      for (int count = Fs.read(source, buffer); count > 0; count = Fs.read(source, buffer)) {
        Fs.write(target, buffer, count);
      }
      attributes(source, target);
      times(to, name, stat);
    }
  }

  /** Owner first: a change of owner clears set-uid bits and capabilities. */
  private static void attributes(Fd from, Fd to) {
    Fs.Stat stat = Fs.stat(from);
    Fs.chown(to, new byte[0], stat.uid(), stat.gid());
    Fs.chmod(to, stat.permissions());
    for (String attribute : Fs.listXattrs(from)) {
      if (!attribute.startsWith("trusted.overlay.")) {
        setXattr(to, attribute, Fs.getXattr(from, attribute));
      }
    }
  }

  private static void setXattr(Fd to, String name, byte[] value) {
    try {
      Fs.setXattr(to, name, value);
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) { // the volume's file system has none
        throw e;
      }
    }
  }
}

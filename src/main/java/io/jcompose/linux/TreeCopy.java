package io.jcompose.linux;

import io.jcompose.fault.Fault;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Copies of whole directory trees by descriptor: owners, modes, times, extended attributes with access lists and file
 * capabilities, hard links, holes, devices and sockets. Follows no symbolic link on either side and crosses no mount
 * point: of what is mounted below, the copy has an empty directory. Where the file system can, files share their blocks
 * until one of them is written to.
 */
public final class TreeCopy {
  private static final long BELOW =
      Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_MAGICLINKS | Fs.RESOLVE_NO_XDEV;

  private static final byte[] SELF = {'.'};
  private static final byte[] ITSELF = new byte[0];
  private static final int BLOCK = 512;

  /** Copied files that have more names, by device and inode. */
  private final Map<String, byte[]> seen = new HashMap<>();

  private final FileCopy files = new FileCopy();
  private final Fd root;
  private final Predicate<String> attributes;

  private TreeCopy(Fd root, Predicate<String> attributes) {
    this.root = root;
    this.attributes = attributes;
  }

  /**
   * Copies what is in {@code from} into {@code to}, both open directories; {@code to} itself stays as it is.
   *
   * @param attributes which extended attributes are copied
   */
  public static void contents(Fd from, Fd to, Predicate<String> attributes) {
    new TreeCopy(to, attributes).directory(from, to, "");
  }

  /** Gives the directory {@code to} the owner, mode, extended attributes and times of {@code from}. */
  public static void attributes(Fd from, Fd to, Predicate<String> attributes) {
    new TreeCopy(to, attributes).attributes(from, to);
    times(to, SELF, Fs.stat(from));
  }

  private void directory(Fd from, Fd to, String path) {
    for (Fs.Entry entry : listed(from)) {
      entry(from, to, entry.name(), path + new String(entry.name(), StandardCharsets.ISO_8859_1));
      Fault.point("volume.copy.entry");
    }
  }

  /** Of a directory that has been removed since it was opened, nothing. */
  private static List<Fs.Entry> listed(Fd dir) {
    try {
      return Fs.list(dir);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return List.of();
      }
      throw e;
    }
  }

  /** What is looked at is what is copied, whatever takes its name meanwhile; a name that has gone is left out. */
  private void entry(Fd from, Fd to, byte[] name, String path) {
    Fd found;
    try {
      found = Fs.openIfThere(from, name, Fs.O_PATH | Fs.O_NOFOLLOW, BELOW & ~Fs.RESOLVE_NO_SYMLINKS);
    } catch (LinuxException e) {
      if (!e.is(Errno.EXDEV) || !Fs.stat(from, name).isDirectory()) {
        throw e;
      }
      mountPoint(to, name, Fs.stat(from, name));
      return;
    }
    try (Fd place = found) {
      if (place != null) {
        copy(place, to, name, path);
      }
    }
  }

  private void copy(Fd place, Fd to, byte[] name, String path) {
    Fs.Stat stat = Fs.stat(place);
    switch (stat.type()) {
      case Fs.S_IFDIR -> subdirectory(place, to, name, path, stat);
      case Fs.S_IFREG -> file(place, to, name, path, stat);
      case Fs.S_IFLNK -> {
        Fs.symlink(Fs.readlink(place, ITSELF), to, name);
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

  private void subdirectory(Fd place, Fd to, byte[] name, String path, Fs.Stat stat) {
    Fs.mkdir(to, name, 0700);
    try (Fd source = open(place, SELF, Fs.O_RDONLY | Fs.O_DIRECTORY);
        Fd target = open(to, name, Fs.O_RDONLY | Fs.O_DIRECTORY)) {
      directory(source, target, path + "/");
      attributes(source, target);
      times(target, SELF, stat);
    }
  }

  private static void mountPoint(Fd to, byte[] name, Fs.Stat stat) {
    Fs.mkdir(to, name, 0700);
    try (Fd target = open(to, name, Fs.O_RDONLY | Fs.O_DIRECTORY)) {
      Fs.chown(target, ITSELF, stat.uid(), stat.gid());
      Fs.chmod(target, stat.permissions());
      times(target, SELF, stat);
    }
  }

  private static Fd open(Fd dir, byte[] name, int flags) {
    return Fs.openat2(dir, name, flags | Fs.O_NOFOLLOW, 0, BELOW);
  }

  private void file(Fd place, Fd to, byte[] name, String path, Fs.Stat stat) {
    if (stat.links() > 1) {
      String key = stat.devMajor() + ":" + stat.devMinor() + ":" + stat.inode();
      byte[] first = seen.putIfAbsent(key, path.getBytes(StandardCharsets.ISO_8859_1));
      if (first != null) {
        Fs.link(root, first, to, name, 0);
        return;
      }
    }
    int flags = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
    // Through the descriptor that was looked at: opening its name waits for ever if that is a FIFO by now.
    try (Fd source = Fs.open("/proc/self/fd/" + place.number(), Fs.O_RDONLY, 0);
        Fd target = Fs.openat2(to, name, flags, 0600, BELOW)) {
      files.copy(source, target, stat.size(), stat.blocks() * BLOCK < stat.size());
      attributes(source, target);
      times(to, name, stat);
    }
  }

  /** Owner first: a change of owner clears set-uid bits and capabilities. */
  private void attributes(Fd from, Fd to) {
    Fs.Stat stat = Fs.stat(from);
    Fs.chown(to, ITSELF, stat.uid(), stat.gid());
    Fs.chmod(to, stat.permissions());
    for (String attribute : Fs.listXattrs(from)) {
      byte[] value = attributes.test(attribute) ? Fs.getXattr(from, attribute) : null;
      if (value != null) {
        setXattr(to, attribute, value);
      }
    }
  }

  private static void setXattr(Fd to, String name, byte[] value) {
    try {
      Fs.setXattr(to, name, value);
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) { // the file system of the copy has none
        throw e;
      }
    }
  }

  private static void times(Fd dir, byte[] name, Fs.Stat stat) {
    Fs.utimes(dir, name, stat.mtimeSeconds(), stat.mtimeNanos());
  }
}

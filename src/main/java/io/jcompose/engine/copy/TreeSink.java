package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Makes members below a place. Every path is resolved by the kernel so that it can't leave {@code root}. */
final class TreeSink implements Sink, AutoCloseable {
  private static final byte[] DOT = {'.'};
  private static final int SET_ID_BITS = 06000;

  /** Where it is made, and what of each member is taken over. */
  record Target(Fd root, byte[] place, long resolve, Rules rules) {}

  /**
   * @param owners whether owners are kept; else everything belongs to root
   * @param devices whether device nodes are made; else they are left out
   * @param setIds whether set-user-id and set-group-id bits are kept
   */
  record Rules(boolean owners, boolean devices, boolean setIds) {}

  private record Time(byte[] name, long seconds, int nanos) {}

  private final Target target;
  private final byte[] buffer = new byte[1 << 16];
  private final Deque<Time> directoryTimes = new ArrayDeque<>();
  private byte[] lastParent = {0};
  private Fd lastParentFd;
  private long bytes;

  TreeSink(Target target) {
    this.target = target;
  }

  /** Content that has been written. */
  long bytes() {
    return bytes;
  }

  @Override
  public void put(TarEntry entry, Content content) throws IOException {
    if (Arrays.equals(entry.name(), DOT)) {
      return;
    }
    Fd parent = parent(entry.name(), true);
    byte[] name = last(entry.name());
    try {
      switch (entry.type()) {
        case DIRECTORY -> directory(parent, name, entry);
        case FILE -> file(parent, name, entry, content);
        case SYMLINK -> {
          makeRoom(parent, name);
          Fs.symlink(entry.linkName(), parent, name);
          own(parent, name, entry);
        }
        case HARD_LINK -> {
          makeRoom(parent, name);
          try (Fd first = openParent(entry.linkName())) {
            Fs.link(first, last(entry.linkName()), parent, name, 0);
          }
        }
        case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> node(parent, name, entry);
      }
    } catch (LinuxException e) {
      throw failure(entry, e);
    }
  }

  private static CopyException failure(TarEntry entry, LinuxException e) {
    String name = new String(entry.name(), StandardCharsets.UTF_8);
    return new CopyException("\"" + name + "\" cannot be copied: " + Errno.message(e.errno()), e);
  }

  private void directory(Fd parent, byte[] name, TarEntry entry) {
    try {
      Fs.mkdir(parent, name, 0700);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      if (!isDirectory(entry.name())) {
        throw new CopyException(
            "cannot overwrite non-directory \"" + new String(entry.name(), StandardCharsets.UTF_8) + "\" with directory");
      }
      if (Fs.stat(parent, name).isSymlink()) {
        return; // what is below goes where it leads
      }
    }
    try (Fd made = Fs.openat2(parent, name, Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, 0)) {
      attributes(made, entry);
    }
    directoryTimes.push(new Time(entry.name(), entry.mtimeSeconds(), entry.mtimeNanos()));
  }

  private boolean isDirectory(byte[] name) {
    try (Fd fd = Fs.openIfThere(target.root(), path(name), Fs.O_PATH | Fs.O_DIRECTORY, target.resolve())) {
      return fd != null;
    }
  }

  private void file(Fd parent, byte[] name, TarEntry entry, Content content) throws IOException {
    int create = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
    boolean fresh = makeRoom(parent, name);
    // A file that something is mounted on can't be replaced: its content is.
    int flags = fresh ? create : Fs.O_WRONLY | Fs.O_TRUNC | Fs.O_NOFOLLOW | Fs.O_NONBLOCK;
    try (Fd file = Fs.openat2(parent, name, flags, 0600, 0)) {
      write(file, content);
      if (fresh) {
        attributes(file, entry);
        Fs.utimes(parent, name, entry.mtimeSeconds(), entry.mtimeNanos());
      }
    }
  }

  /** Holes stay holes: a file may be a thousand times as long as what it takes. */
  private void write(Fd file, Content content) throws IOException {
    long end = 0;
    while (true) {
      long zeros = content.hole();
      end += zeros;
      if (zeros > 0) {
        Fs.truncate(file, end);
        Fs.seek(file, end);
      }
      int count = content.read(buffer);
      if (count <= 0) {
        return;
      }
      Fs.write(file, buffer, count);
      end += count;
      bytes += count;
    }
  }

  /** Owner first: a change of owner clears set-uid bits and capabilities. */
  private void attributes(Fd fd, TarEntry entry) {
    if (target.rules().owners()) {
      Fs.chown(fd, new byte[0], (int) entry.uid(), (int) entry.gid());
    }
    Fs.chmod(fd, mode(entry));
    if (target.rules().setIds()) {
      entry.xattrs().forEach((key, value) -> setXattr(fd, key, value));
    }
  }

  private int mode(TarEntry entry) {
    return target.rules().setIds() ? entry.mode() : entry.mode() & ~SET_ID_BITS;
  }

  private static void setXattr(Fd fd, String key, byte[] value) {
    try {
      Fs.setXattr(fd, key, value);
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) {
        throw e;
      }
    }
  }

  private void own(Fd parent, byte[] name, TarEntry entry) {
    if (target.rules().owners()) {
      Fs.chown(parent, name, (int) entry.uid(), (int) entry.gid());
    }
    Fs.utimes(parent, name, entry.mtimeSeconds(), entry.mtimeNanos());
  }

  private void node(Fd parent, byte[] name, TarEntry entry) {
    int type =
        switch (entry.type()) {
          case FIFO -> Fs.S_IFIFO;
          case CHARACTER_DEVICE -> Fs.S_IFCHR;
          default -> Fs.S_IFBLK;
        };
    if (type != Fs.S_IFIFO && !target.rules().devices()) {
      return;
    }
    makeRoom(parent, name);
    Fs.mknod(parent, name, type | mode(entry), entry.deviceMajor(), entry.deviceMinor());
    own(parent, name, entry);
    Fs.chmod(parent, name, mode(entry));
  }

  /** Takes away what has the name; false when that can't be, as something is mounted there. */
  private static boolean makeRoom(Fd parent, byte[] name) {
    try {
      Fs.unlink(parent, name, false);
    } catch (LinuxException e) {
      if (e.is(Errno.EBUSY)) {
        return false;
      }
      if (e.is(Errno.EISDIR) || e.is(Errno.EPERM)) {
        throw new CopyException(
            "cannot overwrite directory \"" + new String(name, StandardCharsets.UTF_8) + "\" with non-directory", e);
      }
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return true;
  }

  private byte[] path(byte[] name) {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    path.writeBytes(target.place());
    path.write('/');
    path.writeBytes(name);
    return path.toByteArray();
  }

  private static byte[] last(byte[] name) {
    return Arrays.copyOfRange(name, slash(name) + 1, name.length);
  }

  private static int slash(byte[] name) {
    int at = name.length - 1;
    while (at >= 0 && name[at] != '/') {
      at--;
    }
    return at;
  }

  /** The directory that a member is to be made in; kept open, as the next one mostly has the same. */
  private Fd parent(byte[] name, boolean make) {
    byte[] parent = Arrays.copyOf(name, Math.max(0, slash(name)));
    if (!Arrays.equals(parent, lastParent)) {
      Fd opened = make ? makeParents(name, parent) : openParent(name);
      close();
      lastParent = parent;
      lastParentFd = opened;
    }
    return lastParentFd;
  }

  private Fd openParent(byte[] name) {
    byte[] parent = Arrays.copyOf(name, Math.max(0, slash(name)));
    return Fs.openat2(
        target.root(), path(parent.length == 0 ? DOT : parent), Fs.O_PATH | Fs.O_DIRECTORY, 0, target.resolve());
  }

  /** An archive may leave directories out. */
  private Fd makeParents(byte[] name, byte[] parent) {
    try {
      return openParent(name);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT) || parent.length == 0) {
        String text = new String(name, StandardCharsets.UTF_8);
        throw new CopyException("\"" + text + "\" cannot be copied: " + Errno.message(e.errno()), e);
      }
      try (Fd above = makeParents(parent, Arrays.copyOf(parent, Math.max(0, slash(parent))))) {
        Fs.mkdir(above, last(parent), 0755);
      }
      return openParent(name);
    }
  }

  @Override
  public void finish() {
    for (Time time : directoryTimes) {
      Fs.utimes(parent(time.name(), false), last(time.name()), time.seconds(), time.nanos());
    }
  }

  @Override
  public void close() {
    if (lastParentFd != null) {
      lastParentFd.close();
      lastParentFd = null;
      lastParent = new byte[] {0};
    }
  }
}

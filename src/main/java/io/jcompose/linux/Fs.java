package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * File system calls relative to directory descriptors. Paths are bytes in the kernel's sense; the
 * {@code String} forms encode as UTF-8. {@link #CWD} as directory means an absolute path is given.
 */
public final class Fs {
  private static final long MOST_AT_ONCE = 1 << 30;
  public static final int CWD = -100;

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NOCTTY = 0x100;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = 0x10000;
  public static final int O_NOFOLLOW = 0x20000;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_PATH = 0x200000;

  /** openat2(2): refuse to cross mount points. */
  public static final long RESOLVE_NO_XDEV = 0x01;

  public static final long RESOLVE_NO_MAGICLINKS = 0x02;
  public static final long RESOLVE_NO_SYMLINKS = 0x04;
  public static final long RESOLVE_BENEATH = 0x08;
  public static final long RESOLVE_IN_ROOT = 0x10;

  public static final int S_IFMT = 0xF000;
  public static final int S_IFSOCK = 0xC000;
  public static final int S_IFLNK = 0xA000;
  public static final int S_IFREG = 0x8000;
  public static final int S_IFBLK = 0x6000;
  public static final int S_IFDIR = 0x4000;
  public static final int S_IFCHR = 0x2000;
  public static final int S_IFIFO = 0x1000;

  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_REMOVEDIR = 0x200;
  public static final int AT_EMPTY_PATH = 0x1000;
  private static final int RENAME_EXCHANGE = 2;

  private static final int SYS_OPENAT2 = 437;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int OPENAT2_RETRIES = 1000;

  private Fs() {}

  /** What statx(2) tells. {@code mode} holds type and permissions; {@code device} is of a device node. */
  public record Stat(
      int mode,
      int uid,
      int gid,
      long inode,
      long size,
      int links,
      long mtimeSeconds,
      int mtimeNanos,
      long blocks,
      int rdevMajor,
      int rdevMinor,
      int devMajor,
      int devMinor,
      long ctimeSeconds,
      int ctimeNanos) {
    public int type() {
      return mode & S_IFMT;
    }

    public int permissions() {
      return mode & 07777;
    }

    public boolean isDirectory() {
      return type() == S_IFDIR;
    }

    public boolean isRegular() {
      return type() == S_IFREG;
    }

    public boolean isSymlink() {
      return type() == S_IFLNK;
    }
  }

  /** One name in a directory; {@code type} is a DT_ value of getdents64(2). */
  public record Entry(byte[] name, int type) {}

  static byte[] z(String path) {
    return z(path.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] z(byte[] path) {
    for (byte b : path) {
      if (b == 0) {
        throw new LinuxException(Errno.EINVAL, "path with a NUL byte", text(path));
      }
    }
    return Arrays.copyOf(path, path.length + 1);
  }

  static byte[] bytes(String path) {
    return path.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] path) {
    return new String(path, StandardCharsets.UTF_8);
  }

  private static int number(Fd dir) {
    return dir == null ? CWD : dir.number();
  }

  /** Opens an absolute path of the engine's own, not one that a container can influence. */
  public static Fd open(String path, int flags, int mode) {
    return openat2(null, path.getBytes(StandardCharsets.UTF_8), flags, mode, 0);
  }

  /** openat2(2); retried while the kernel answers EAGAIN because a rename raced with the resolution. */
  public static Fd openat2(Fd dir, byte[] path, int flags, int mode, long resolve) {
    return opened(tryOpen(dir, path, flags, mode, resolve), path);
  }

  private static Fd opened(int fd, byte[] path) {
    if (fd < 0) {
      throw new LinuxException(-fd, "open", text(path));
    }
    return new Fd(fd);
  }

  /** A descriptor, or the negative errno. */
  private static int tryOpen(Fd dir, byte[] path, int flags, int mode, long resolve) {
    boolean creates = (flags & O_CREAT) != 0;
    byte[] how =
        ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putLong((flags | O_CLOEXEC) & 0xffffffffL)
            .putLong(creates ? mode : 0)
            .putLong(resolve)
            .array();
    byte[] name = z(path);
    for (int attempt = 0; ; attempt++) {
      long fd = C.syscall(SYS_OPENAT2, number(dir), name, how, 24, 0);
      if (fd >= 0) {
        return (int) fd;
      }
      int errno = LibC.errno();
      if (errno == Errno.EINTR || errno == Errno.EAGAIN && resolve != 0 && attempt < OPENAT2_RETRIES) {
        continue;
      }
      return -errno;
    }
  }

  public static Fd openat2(Fd dir, String path, int flags, int mode, long resolve) {
    return openat2(dir, path.getBytes(StandardCharsets.UTF_8), flags, mode, resolve);
  }

  /** Like {@link #openat2}, but null when nothing is there (ENOENT, ENOTDIR). */
  public static Fd openIfThere(Fd dir, byte[] path, int flags, long resolve) {
    int fd = tryOpen(dir, path, flags, 0, resolve);
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return null;
    }
    return opened(fd, path);
  }

  /** statx(2) of {@code path} below {@code dir}; a last symbolic link is not followed. */
  public static Stat stat(Fd dir, byte[] path) {
    Stat stat = statIfThere(dir, path);
    if (stat == null) {
      throw new LinuxException(Errno.ENOENT, "stat", text(path));
    }
    return stat;
  }

  /** Like {@link #stat(Fd, byte[])}, but null when nothing is there (ENOENT). */
  public static Stat statIfThere(Fd dir, byte[] path) {
    byte[] buffer = new byte[256];
    int flags = AT_SYMLINK_NOFOLLOW | (path.length == 0 ? AT_EMPTY_PATH : 0);
    if (C.statx(number(dir), z(path), flags, STATX_BASIC_STATS, buffer) < 0) {
      int errno = LibC.errno();
      if (errno == Errno.ENOENT) {
        return null;
      }
      throw new LinuxException(errno, "stat", text(path));
    }
    ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
    return new Stat(
        b.getShort(0x1c) & 0xffff,
        b.getInt(0x14),
        b.getInt(0x18),
        b.getLong(0x20),
        b.getLong(0x28),
        b.getInt(0x10),
        b.getLong(0x70),
        b.getInt(0x78),
        b.getLong(0x30),
        b.getInt(0x80),
        b.getInt(0x84),
        b.getInt(0x88),
        b.getInt(0x8c),
        b.getLong(0x60),
        b.getInt(0x68));
  }

  public static Stat stat(Fd fd) {
    return stat(fd, new byte[0]);
  }

  public static Stat stat(String path) {
    return stat(null, path.getBytes(StandardCharsets.UTF_8));
  }

  public static void mkdir(Fd dir, byte[] path, int mode) {
    check(C.mkdirat(number(dir), z(path), mode), "mkdir", text(path));
  }

  public static void mknod(Fd dir, byte[] path, int mode, int major, int minor) {
    long device =
        ((long) (minor & 0xff))
            | ((long) (major & 0xfff) << 8)
            | ((long) (minor & ~0xff) << 12)
            | ((long) (major & ~0xfff) << 32);
    check(C.mknodat(number(dir), z(path), mode, device), "mknod", text(path));
  }

  public static void symlink(byte[] target, Fd dir, byte[] path) {
    check(C.symlinkat(z(target), number(dir), z(path)), "symlink", text(path));
  }

  public static void link(Fd fromDir, byte[] from, Fd toDir, byte[] to, int flags) {
    check(C.linkat(number(fromDir), z(from), number(toDir), z(to), flags), "link", text(to));
  }

  public static void unlink(Fd dir, byte[] path, boolean directory) {
    check(C.unlinkat(number(dir), z(path), directory ? AT_REMOVEDIR : 0), "unlink", text(path));
  }

  public static void rename(Fd fromDir, byte[] from, Fd toDir, byte[] to) {
    check(C.renameat2(number(fromDir), z(from), number(toDir), z(to), 0), "rename", text(from));
  }

  /** renameat2(2), RENAME_EXCHANGE: each of two files that are there gets the other's name, at one moment. */
  static void exchange(byte[] one, byte[] other) {
    check(C.renameat2(number(null), z(one), number(null), z(other), RENAME_EXCHANGE), "rename", text(one));
  }

  /** Changes owner of {@code path} itself, not of what a symbolic link points to. */
  public static void chown(Fd dir, byte[] path, int uid, int gid) {
    int flags = AT_SYMLINK_NOFOLLOW | (path.length == 0 ? AT_EMPTY_PATH : 0);
    check(C.fchownat(number(dir), z(path), uid, gid, flags), "chown", text(path));
  }

  public static void chmod(Fd fd, int mode) {
    check(C.fchmod(fd.number(), mode), "chmod", fd);
  }

  /** chmod of a name; the last component must not be a symbolic link. */
  public static void chmod(Fd dir, byte[] path, int mode) {
    check(C.fchmodat(number(dir), z(path), mode, 0), "chmod", text(path));
  }

  public static byte[] readlink(Fd dir, byte[] path) {
    byte[] buffer = new byte[4096];
    long length =
        check(C.readlinkat(number(dir), z(path), buffer, buffer.length), "readlink", text(path));
    return Arrays.copyOf(buffer, (int) length);
  }

  /** Sets access and modification time of {@code path} itself. */
  public static void utimes(Fd dir, byte[] path, long seconds, int nanos) {
    long[] times = {seconds, nanos, seconds, nanos};
    check(
        C.utimensat(number(dir), z(path), times, AT_SYMLINK_NOFOLLOW), "utimensat", text(path));
  }

  /** The names in the directory {@code dir}, "." and ".." left out, in the kernel's order. */
  public static List<Entry> list(Fd dir) {
    List<Entry> entries = new ArrayList<>();
    try (Fd reader = openat2(dir, new byte[] {'.'}, O_RDONLY | O_DIRECTORY, 0, 0)) {
      byte[] buffer = new byte[2048]; // most folders are small, and each call copies the whole of it
      while (true) {
        long length =
            check(
                C.getdents64(reader.number(), buffer, buffer.length),
                "getdents64",
                dir);
        if (length == 0) {
          return entries;
        }
        ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        for (int at = 0; at < length; at += b.getShort(at + 16) & 0xffff) {
          int end = at + 19;
          while (buffer[end] != 0) {
            end++;
          }
          byte[] name = Arrays.copyOfRange(buffer, at + 19, end);
          boolean self = name.length == 1 && name[0] == '.';
          boolean parent = name.length == 2 && name[0] == '.' && name[1] == '.';
          if (!self && !parent) {
            entries.add(new Entry(name, buffer[at + 18]));
          }
        }
        if (length > buffer.length / 2 && buffer.length < 32768) {
          buffer = new byte[32768];
        }
      }
    }
  }

  /** Reads up to {@code buffer.length} bytes; 0 at the end of the file. */
  public static int read(Fd fd, byte[] buffer) {
    while (true) {
      long count = C.read(fd.number(), buffer, buffer.length);
      if (count >= 0) {
        return (int) count;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "read", fd.toString());
      }
    }
  }

  /** Writes all of {@code length} bytes. */
  public static void write(Fd fd, byte[] data, int length) {
    byte[] rest = data;
    int left = length;
    while (left > 0) {
      long count = C.write(fd.number(), rest, left);
      if (count < 0) {
        int errno = LibC.errno();
        if (errno == Errno.EINTR) {
          continue;
        }
        throw new LinuxException(errno, "write", fd.toString());
      }
      left -= (int) count;
      if (left > 0) {
        rest = Arrays.copyOfRange(rest, (int) count, (int) count + left);
      }
    }
  }

  public static void write(Fd fd, byte[] data) {
    write(fd, data, data.length);
  }

  /** Copies from where {@code from} stands to its end, inside the kernel (sendfile(2)); returns the bytes. */
  public static long copy(Fd from, Fd to) {
    long copied = 0;
    while (true) {
      long count = C.sendfile(to.number(), from.number(), null, MOST_AT_ONCE);
      if (count == 0) {
        return copied;
      }
      if (count < 0) {
        int errno = LibC.errno();
        if (errno == Errno.EINTR) {
          continue;
        }
        throw new LinuxException(errno, "sendfile", to.toString());
      }
      copied += count;
    }
  }

  public static void fsync(Fd fd) {
    check(C.fsync(fd.number()), "fsync", fd);
  }

  /** Writes everything of the file system that {@code fd} lies on to its disk. */
  public static void syncfs(Fd fd) {
    check(C.syncfs(fd.number()), "syncfs", fd);
  }

  /** Moves the file's offset to {@code offset} bytes from its start. */
  public static void seek(Fd fd, long offset) {
    int fromStart = 0;
    check(C.lseek(fd.number(), offset, fromStart), "lseek", fd);
  }

  /** Where the first data at or after {@code offset} lie; the end of the file when no more come. Moves the position. */
  public static long seekData(Fd fd, long offset) {
    int toData = 3;
    long data = C.lseek(fd.number(), offset, toData);
    if (data < 0 && LibC.errno() == Errno.ENXIO) {
      return Math.max(offset, stat(fd).size());
    }
    return check(data, "lseek SEEK_DATA", fd);
  }

  /** Sets the file's length in bytes; a longer one reads as zeros. */
  public static void truncate(Fd fd, long length) {
    check(C.ftruncate(fd.number(), length), "ftruncate", fd);
  }

  /** flock(2) without waiting; false when another holds the lock. */
  public static boolean tryLock(Fd fd) {
    int exclusiveNonBlocking = 2 | 4;
    if (C.flock(fd.number(), exclusiveNonBlocking) == 0) {
      return true;
    }
    int errno = LibC.errno();
    if (errno == Errno.EAGAIN) {
      return false;
    }
    throw new LinuxException(errno, "flock", fd.toString());
  }

  public static void setXattr(Fd fd, String name, byte[] value) {
    check(C.fsetxattr(fd.number(), z(name), value, value.length, 0), "setxattr", name);
  }

  public static void removeXattr(Fd fd, String name) {
    check(C.fremovexattr(fd.number(), z(name)), "removexattr", name);
  }

  /** The attribute's value, or null when it is not set. */
  public static byte[] getXattr(Fd fd, String name) {
    byte[] value = new byte[256];
    long length = C.fgetxattr(fd.number(), z(name), value, value.length);
    if (length < 0 && LibC.errno() == Errno.ERANGE) {
      value = new byte[65536];
      length = C.fgetxattr(fd.number(), z(name), value, value.length);
    }
    if (length < 0) {
      int errno = LibC.errno();
      if (errno == Errno.ENODATA || errno == Errno.EOPNOTSUPP) {
        return null;
      }
      throw new LinuxException(errno, "getxattr", name);
    }
    return Arrays.copyOf(value, (int) length);
  }

  public static List<String> listXattrs(Fd fd) {
    // Most files have none, and then the kernel need not be given room for them.
    long needed = check(C.flistxattr(fd.number(), new byte[0], 0), "listxattr", fd);
    if (needed == 0) {
      return List.of();
    }
    byte[] names = new byte[65536];
    long length = check(C.flistxattr(fd.number(), names, names.length), "listxattr", fd);
    List<String> result = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (names[i] == 0) {
        result.add(new String(names, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    return result;
  }
}

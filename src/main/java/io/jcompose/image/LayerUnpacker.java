package io.jcompose.image;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Extent;
import io.jcompose.image.tar.TarReader;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Unpacks one layer below a directory, in the form that overlayfs wants (Linux,
 * Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"). The archive is
 * hostile until proven otherwise: every parent is resolved inside the directory by the kernel, the
 * last component is never followed, and what can't be confined is refused.
 */
final class LayerUnpacker {
  private static final String WHITEOUT = ".wh.";
  private static final String AUFS = ".wh..wh.";
  private static final String OPAQUE_MARK = ".wh..wh..opq";
  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final long LARGEST_ID = Integer.MAX_VALUE;
  private static final long CONFINED = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private static final long NO_LINKS = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;

  private record DirectoryTime(byte[] path, long seconds, int nanos) {}

  private final Fd root;
  private final TarReader tar;
  private final UnpackLimits limits;
  private final boolean layer;
  private final byte[] buffer = new byte[1 << 17];
  private final List<DirectoryTime> directoryTimes = new ArrayList<>();
  private byte[] parentPath;
  private Fd parent;

  LayerUnpacker(Fd root, TarReader tar, UnpackLimits limits) {
    this(root, tar, limits, true);
  }

  /** In an archive that is not a {@code layer}, names that begin with {@code .wh.} mean nothing. */
  LayerUnpacker(Fd root, TarReader tar, UnpackLimits limits, boolean layer) {
    this.root = root;
    this.tar = tar;
    this.limits = limits;
    this.layer = layer;
  }

  void unpack() throws IOException {
    try {
      long entries = 0;
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (++entries > limits.entries()) {
          throw new ImageException("the layer has more than " + limits.entries() + " entries");
        }
        try {
          place(entry, MemberPath.of(entry.name()));
        } catch (LinuxException e) {
          if (e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT)) {
            throw e;
          }
          throw new ImageException(
              "the layer's entry \""
                  + MemberPath.printable(entry.name())
                  + "\" can't be unpacked: "
                  + e.getMessage(),
              e);
        }
      }
      setDirectoryTimes();
    } finally {
      forgetParent();
    }
  }

  private void place(TarEntry entry, MemberPath path) throws IOException {
    if (path.isRoot()) {
      if (entry.type() == TarEntry.Type.DIRECTORY) {
        finishDirectory(entry, path, root.duplicate());
      }
      return;
    }
    String base = new String(path.base(), StandardCharsets.ISO_8859_1);
    Fd dir = parent(path.parent());
    if (!layer) {
      create(entry, path, dir);
    } else if (base.equals(OPAQUE_MARK)) {
      makeOpaque(dir);
    } else if (base.startsWith(WHITEOUT) && !base.startsWith(AUFS)) {
      whiteOut(entry, dir, Arrays.copyOfRange(path.base(), WHITEOUT.length(), path.base().length));
    } else if (!base.startsWith(AUFS)) {
      create(entry, path, dir);
    }
  }

  private void create(TarEntry entry, MemberPath path, Fd dir) throws IOException {
    byte[] base = path.base();
    switch (entry.type()) {
      case DIRECTORY -> directory(entry, path, dir);
      case HARD_LINK -> hardLink(entry, path, dir);
      case FILE -> file(entry, dir, base);
      case SYMLINK -> {
        makeRoom(dir, base);
        Fs.symlink(entry.linkName(), dir, base);
        Fs.chown(dir, base, id(entry.uid()), id(entry.gid()));
        Fs.utimes(dir, base, entry.mtimeSeconds(), entry.mtimeNanos());
      }
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> node(entry, dir, base);
    }
  }

  private void directory(TarEntry entry, MemberPath path, Fd dir) {
    byte[] base = path.base();
    Fs.Stat there = Fs.statIfThere(dir, base);
    boolean whiteout = isWhiteout(there);
    if (there == null || !there.isDirectory()) {
      if (there != null) {
        makeRoom(dir, base);
      }
      Fs.mkdir(dir, base, 0755);
    }
    Fd made = Fs.openat2(dir, base, Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, NO_LINKS);
    if (whiteout) {
      makeOpaque(made);
    }
    finishDirectory(entry, path, made);
  }

  private void finishDirectory(TarEntry entry, MemberPath path, Fd made) {
    try (made) {
      own(made, entry);
      directoryTimes.add(new DirectoryTime(path.bytes(), entry.mtimeSeconds(), entry.mtimeNanos()));
    }
  }

  private void file(TarEntry entry, Fd dir, byte[] base) throws IOException {
    makeRoom(dir, base);
    int flags = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
    try (Fd file = Fs.openat2(dir, base, flags, 0600, NO_LINKS)) {
      if (entry.sparse().isEmpty()) {
        copy(file, entry.size());
      } else {
        sparse(file, entry);
      }
      own(file, entry);
    }
    Fs.utimes(dir, base, entry.mtimeSeconds(), entry.mtimeNanos());
  }

  private void sparse(Fd file, TarEntry entry) throws IOException {
    if (entry.size() > limits.sparseBytes()) {
      throw new ImageException("a sparse file is larger than " + limits.sparseBytes() + " bytes");
    }
    Fs.truncate(file, entry.size());
    for (Extent extent : entry.sparse()) {
      Fs.seek(file, extent.offset());
      copy(file, extent.length());
    }
  }

  private void copy(Fd file, long size) throws IOException {
    long left = size;
    while (left > 0) {
      int count = tar.read(buffer, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new ImageException("a file's content is shorter than declared");
      }
      Fs.write(file, buffer, count);
      left -= count;
    }
  }

  private void hardLink(TarEntry entry, MemberPath path, Fd dir) {
    MemberPath target = MemberPath.of(entry.linkName());
    if (target.isRoot() || Arrays.equals(target.bytes(), path.bytes())) {
      throw new ImageException(
          "the layer's hard link \""
              + MemberPath.printable(entry.name())
              + "\" points to itself or to /");
    }
    Fd targetDir = Fs.openIfThere(root, target.parentOrDot(), Fs.O_PATH | Fs.O_DIRECTORY, CONFINED);
    try (targetDir) {
      Fs.Stat found = targetDir == null ? null : Fs.statIfThere(targetDir, target.base());
      if (found == null || found.isDirectory() || isWhiteout(found)) {
        throw new ImageException(
            "the layer's hard link \""
                + MemberPath.printable(entry.name())
                + "\" points to no file of the same layer: \""
                + MemberPath.printable(entry.linkName())
                + "\"");
      }
      Fs.Stat there = Fs.statIfThere(dir, path.base());
      boolean same =
          there != null && there.inode() == found.inode() && there.devMinor() == found.devMinor();
      if (!same) {
        makeRoom(dir, path.base());
        Fs.link(targetDir, target.base(), dir, path.base(), 0);
      }
    }
  }

  /**
   * Device nodes are made as the image says: the container's device rules decide who may open them.
   */
  private void node(TarEntry entry, Fd dir, byte[] base) {
    int type =
        switch (entry.type()) {
          case CHARACTER_DEVICE -> Fs.S_IFCHR;
          case BLOCK_DEVICE -> Fs.S_IFBLK;
          default -> Fs.S_IFIFO;
        };
    boolean forged = type == Fs.S_IFCHR && entry.deviceMajor() == 0 && entry.deviceMinor() == 0;
    if (forged) {
      throw new ImageException(
          "the layer holds a character device 0:0, which overlayfs takes for a deleted file: \""
              + MemberPath.printable(entry.name())
              + "\"");
    }
    makeRoom(dir, base);
    int major = type == Fs.S_IFIFO ? 0 : entry.deviceMajor();
    int minor = type == Fs.S_IFIFO ? 0 : entry.deviceMinor();
    Fs.mknod(dir, base, type | 0600, major, minor);
    Fs.chown(dir, base, id(entry.uid()), id(entry.gid()));
    Fs.chmod(dir, base, entry.mode());
    Fs.utimes(dir, base, entry.mtimeSeconds(), entry.mtimeNanos());
  }

  /**
   * A whiteout hides the name in lower layers only, never an entry of its own layer, before or
   * after it.
   */
  private void whiteOut(TarEntry entry, Fd dir, byte[] name) {
    if (!MemberPath.isPlainName(name)) {
      throw new ImageException(
          "the layer holds a whiteout without a name: \""
              + MemberPath.printable(entry.name())
              + "\"");
    }
    Fs.Stat there = Fs.statIfThere(dir, name);
    if (there == null) {
      Fs.mknod(dir, name, Fs.S_IFCHR, 0, 0);
    } else if (there.isDirectory()) {
      try (Fd own =
          Fs.openat2(dir, name, Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, NO_LINKS)) {
        makeOpaque(own);
      }
    }
  }

  private static void makeOpaque(Fd dir) {
    try (Fd readable = Fs.openat2(dir, ".", Fs.O_RDONLY | Fs.O_DIRECTORY, 0, NO_LINKS)) {
      Fs.setXattr(readable, OPAQUE, new byte[] {'y'});
    }
  }

  /** Owner, then mode (chown clears set-user-id), then attributes. */
  private static void own(Fd fd, TarEntry entry) {
    Fs.chown(fd, new byte[0], id(entry.uid()), id(entry.gid()));
    Fs.chmod(fd, entry.mode());
    entry
        .xattrs()
        .forEach(
            (name, value) -> {
              if (isWanted(name)) {
                setXattr(fd, name, value);
              }
            });
  }

  private static boolean isWanted(String name) {
    boolean user = name.startsWith("user.") && !name.startsWith("user.overlay.");
    return user || name.equals("security.capability");
  }

  private static void setXattr(Fd fd, String name, byte[] value) {
    try {
      Fs.setXattr(fd, name, value);
    } catch (LinuxException e) {
      // A file system without user attributes still holds the files; a lost capability would be an
      // error.
      if (!e.is(Errno.EOPNOTSUPP) || !name.startsWith("user.")) {
        throw e;
      }
    }
  }

  private static int id(long id) {
    if (id < 0 || id > LARGEST_ID) {
      throw new ImageException("the layer has an owner out of range: " + id);
    }
    return (int) id;
  }

  private static boolean isWhiteout(Fs.Stat stat) {
    return stat != null
        && stat.type() == Fs.S_IFCHR
        && stat.rdevMajor() == 0
        && stat.rdevMinor() == 0;
  }

  /** The last entry of a name wins: whatever had the name goes. */
  private void makeRoom(Fd dir, byte[] base) {
    Fs.Stat there = Fs.statIfThere(dir, base);
    if (there == null) {
      return;
    }
    // Paths that led through what goes now have to be resolved anew.
    parentPath = null;
    if (there.isDirectory()) {
      Trees.delete(dir, base);
      return;
    }
    Fs.unlink(dir, base, false);
  }

  private void forgetParent() {
    if (parent != null) {
      parent.close();
    }
    parent = null;
    parentPath = null;
  }

  /** The directory that {@code path} leads to inside the root; missing ones are made, 0755 root. */
  private Fd parent(byte[] path) {
    if (parent != null && parentPath != null && Arrays.equals(path, parentPath)) {
      return parent;
    }
    forgetParent();
    parent = path.length == 0 ? root.duplicate() : openOrMake(path);
    parentPath = path;
    return parent;
  }

  private Fd openOrMake(byte[] path) {
    Fd found = Fs.openIfThere(root, path, Fs.O_PATH | Fs.O_DIRECTORY, CONFINED);
    if (found != null) {
      return found;
    }
    MemberPath missing = MemberPath.of(path);
    try (Fd above =
        missing.parent().length == 0 ? root.duplicate() : openOrMake(missing.parent())) {
      Fs.Stat there = Fs.statIfThere(above, missing.base());
      if (isWhiteout(there)) {
        Fs.unlink(above, missing.base(), false);
      }
      Fs.mkdir(above, missing.base(), 0755);
      Fd made =
          Fs.openat2(
              above, missing.base(), Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, NO_LINKS);
      if (isWhiteout(there)) {
        makeOpaque(made);
      }
      return made;
    }
  }

  private void setDirectoryTimes() {
    for (DirectoryTime time : directoryTimes) {
      byte[] path = time.path().length == 0 ? new byte[] {'.'} : time.path();
      try (Fd dir =
          Fs.openIfThere(root, path, Fs.O_PATH | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, CONFINED)) {
        if (dir != null) {
          Fs.utimes(dir, new byte[] {'.'}, time.seconds(), time.nanos());
        }
      } catch (LinuxException e) {
        // A later entry has put a link, perhaps one to itself, where the directory was.
        if (!e.is(Errno.ELOOP)) {
          throw e;
        }
      }
    }
  }
}

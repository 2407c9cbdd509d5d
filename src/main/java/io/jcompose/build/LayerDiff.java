package io.jcompose.build;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Lists the upper directory of an overlay as the members of a layer's tar: whiteouts and opaque directories in
 * the form of the OCI image specification, names sorted, owners as numbers, times in whole seconds
 * and no later than the given one. The same changes give the same bytes.
 */
final class LayerDiff {
  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final long BENEATH = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;
  private final Fd upper;
  private final Fd below;
  private final LayerMembers members;
  private final Optional<Long> latest;
  private final Predicate<String> isPlain;
  private final Map<Long, String> links = new HashMap<>();

  /**
   * {@code below} is the root that the changes were made to; {@code latest} clamps times, in
   * seconds; {@code isPlain} tells of the paths of files that certainly have no extended attributes.
   */
  LayerDiff(Fd upper, Fd below, LayerMembers members, Optional<Long> latest, Predicate<String> isPlain) {
    this.upper = upper;
    this.below = below;
    this.members = members;
    this.latest = latest;
    this.isPlain = isPlain;
  }

  /** Adds everything. */
  void list() throws IOException {
    walk("");
  }

  private void walk(String path) throws IOException {
    byte[] name = path.isEmpty() ? new byte[] {'.'} : RawPath.bytes(path);
    try (Fd dir =
        Fs.openat2(upper, name, Fs.O_RDONLY | Fs.O_DIRECTORY | Fs.O_NOFOLLOW, 0, BENEATH)) {
      List<Fs.Entry> names = new java.util.ArrayList<>(Fs.list(dir));
      names.sort(Comparator.comparing(e -> RawPath.of(e.name())));
      for (Fs.Entry entry : names) {
        String child = RawPath.join(path, RawPath.of(entry.name()));
        add(child, dir, entry.name(), Fs.stat(dir, entry.name()));
      }
    }
  }

  private void add(String path, Fd dir, byte[] name, Fs.Stat stat) throws IOException {
    switch (stat.type()) {
      case Fs.S_IFDIR -> directory(path, dir, name, stat);
      case Fs.S_IFREG -> file(path, dir, name, stat);
      case Fs.S_IFLNK -> members.add(entry(path, Type.SYMLINK, stat).withLink(Fs.readlink(dir, name)));
      case Fs.S_IFIFO -> members.add(entry(path, Type.FIFO, stat));
      case Fs.S_IFBLK, Fs.S_IFCHR -> device(path, stat);
      default -> {} // A socket has no meaning without its process.
    }
  }

  private void directory(String path, Fd dir, byte[] name, Fs.Stat stat) throws IOException {
    try (Fd fd = RootTree.openHere(dir, name)) {
      members.add(entry(path + "/", Type.DIRECTORY, stat).withXattrs(Xattrs.read(fd)));
      if (Fs.getXattr(fd, OPAQUE) != null && isDirectoryBelow(path)) {
        mark(path + "/.wh..wh..opq");
      }
    }
    walk(path);
  }

  /**
   * overlayfs marks every new directory; only over one that was there does the mark say anything.
   */
  private boolean isDirectoryBelow(String path) {
    Fd found =
        Fs.openIfThere(below, RawPath.bytes(path), Fs.O_PATH | Fs.O_NOFOLLOW, Fs.RESOLVE_BENEATH);
    if (found == null) {
      return false;
    }
    try (found) {
      return Fs.stat(found).isDirectory();
    }
  }

  private void device(String path, Fs.Stat stat) throws IOException {
    boolean whiteout = stat.type() == Fs.S_IFCHR && stat.rdevMajor() == 0 && stat.rdevMinor() == 0;
    if (whiteout) {
      mark(RawPath.join(RawPath.parent(path), ".wh." + RawPath.base(path)));
    } else {
      Type type = stat.type() == Fs.S_IFCHR ? Type.CHARACTER_DEVICE : Type.BLOCK_DEVICE;
      members.add(entry(path, type, stat).withDevice(stat.rdevMajor(), stat.rdevMinor()));
    }
  }

  private void mark(String path) throws IOException {
    members.add(named(TarEntry.of("", Type.FILE, 0, 0), path));
  }

  private void file(String path, Fd dir, byte[] name, Fs.Stat stat) throws IOException {
    if (stat.links() > 1) {
      String first = links.putIfAbsent(stat.inode(), path);
      if (first != null) {
        members.add(entry(path, Type.HARD_LINK, stat).withLink(RawPath.bytes(first)));
        return;
      }
    }
    TarEntry entry = sized(entry(path, Type.FILE, stat), stat.size());
    if (isPlain.test(path)) {
      members.add(entry, path, () -> open(dir, name));
      return;
    }
    try (Fd fd = open(dir, name)) {
      members.add(entry.withXattrs(Xattrs.read(fd)), path, () -> fd);
    }
  }

  /** Opens a file of the tree to read, without following any link. */
  static Fd open(Fd dir, byte[] name) {
    return Fs.openat2(dir, name, Fs.O_RDONLY | Fs.O_NOFOLLOW | Fs.O_NONBLOCK, 0, BENEATH);
  }

  private TarEntry entry(String path, Type type, Fs.Stat stat) {
    TarEntry entry = TarEntry.of("", type, stat.permissions(), 0).withOwner(stat.uid(), stat.gid());
    return named(entry, path).withMtime(time(stat.mtimeSeconds()));
  }

  private long time(long seconds) {
    return latest.map(limit -> Math.min(limit, seconds)).orElse(seconds);
  }

  private static TarEntry named(TarEntry e, String path) {
    return new TarEntry(
        RawPath.bytes(path),
        e.type(),
        e.mode(),
        e.uid(),
        e.gid(),
        e.size(),
        e.mtimeSeconds(),
        e.mtimeNanos(),
        e.linkName(),
        e.deviceMajor(),
        e.deviceMinor(),
        e.xattrs(),
        e.sparse());
  }

  private static TarEntry sized(TarEntry e, long size) {
    return new TarEntry(
        e.name(),
        e.type(),
        e.mode(),
        e.uid(),
        e.gid(),
        size,
        e.mtimeSeconds(),
        e.mtimeNanos(),
        e.linkName(),
        e.deviceMajor(),
        e.deviceMinor(),
        e.xattrs(),
        e.sparse());
  }
}

package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Hands on a file or a tree by descriptors: what is looked at is what is read, whatever takes its name meanwhile. A
 * name that goes meanwhile is left out; sockets are, too.
 */
final class TreeSource {
  private static final byte[] ITSELF = {};
  private static final byte[] DOT = {'.'};
  private static final long BELOW = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS | Fs.RESOLVE_NO_MAGICLINKS;

  /** Files of several names, by device and inode: the name under which each was handed on. */
  private final Map<String, byte[]> seen = new HashMap<>();

  private final Sink sink;
  private final List<String> leftOut;

  /**
   * @param leftOut names directly below the top that are not looked into
   */
  TreeSource(Sink sink, List<String> leftOut) {
    this.sink = sink;
    this.leftOut = leftOut;
  }

  /**
   * @param top an O_PATH descriptor
   * @param name what it is to be called; {@code .}: only what is in it
   */
  void each(Fd top, byte[] name) throws IOException {
    entry(top, name, true);
    sink.finish();
  }

  private void entry(Fd place, byte[] name, boolean top) throws IOException {
    Fs.Stat stat = Fs.stat(place);
    switch (stat.type()) {
      case Fs.S_IFDIR -> {
        try (Fd dir = Fs.openat2(place, DOT, Fs.O_RDONLY | Fs.O_DIRECTORY, 0, 0)) {
          sink.put(member(name, Type.DIRECTORY, stat, ITSELF, xattrs(dir)), Sink.NONE);
          below(dir, name, top);
        }
      }
      case Fs.S_IFREG -> file(place, name, stat);
      case Fs.S_IFLNK ->
          sink.put(member(name, Type.SYMLINK, stat, Fs.readlink(place, ITSELF), Map.of()), Sink.NONE);
      case Fs.S_IFIFO -> sink.put(member(name, Type.FIFO, stat, ITSELF, Map.of()), Sink.NONE);
      case Fs.S_IFCHR -> sink.put(member(name, Type.CHARACTER_DEVICE, stat, ITSELF, Map.of()), Sink.NONE);
      case Fs.S_IFBLK -> sink.put(member(name, Type.BLOCK_DEVICE, stat, ITSELF, Map.of()), Sink.NONE);
      default -> {
        // A socket is nothing without the process behind it.
      }
    }
  }

  private void below(Fd dir, byte[] name, boolean top) throws IOException {
    List<Fs.Entry> entries = Fs.list(dir);
    entries.sort(Comparator.comparing(Fs.Entry::name, Arrays::compareUnsigned));
    for (Fs.Entry child : entries) {
      if (top && leftOut.contains(new String(child.name(), java.nio.charset.StandardCharsets.ISO_8859_1))) {
        continue;
      }
      try (Fd place = Fs.openat2(dir, child.name(), Fs.O_PATH | Fs.O_NOFOLLOW, 0, BELOW & ~Fs.RESOLVE_NO_SYMLINKS)) {
        entry(place, join(name, child.name()), false);
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
      }
    }
  }

  private static byte[] join(byte[] folder, byte[] name) {
    if (Arrays.equals(folder, DOT)) {
      return name;
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    path.writeBytes(folder);
    path.write('/');
    path.writeBytes(name);
    return path.toByteArray();
  }

  private void file(Fd place, byte[] name, Fs.Stat stat) throws IOException {
    if (stat.links() > 1) {
      byte[] first = seen.putIfAbsent(stat.devMajor() + ":" + stat.devMinor() + ":" + stat.inode(), name);
      if (first != null) {
        sink.put(member(name, Type.HARD_LINK, stat, first, Map.of()), Sink.NONE);
        return;
      }
    }
    // Through the descriptor that was looked at: its name may be a FIFO or a device by now.
    try (Fd file = Fs.open("/proc/self/fd/" + place.number(), Fs.O_RDONLY, 0)) {
      TarEntry entry = member(name, Type.FILE, stat, ITSELF, xattrs(file));
      sink.put(entry, new FileContent(file, stat));
    }
  }

  private static Map<String, byte[]> xattrs(Fd fd) {
    Map<String, byte[]> attributes = new TreeMap<>();
    try {
      for (String name : Fs.listXattrs(fd)) {
        byte[] value = name.startsWith("user.") || name.equals("security.capability") ? Fs.getXattr(fd, name) : null;
        if (value != null) {
          attributes.put(name, value);
        }
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) {
        throw e;
      }
    }
    return attributes;
  }

  private static TarEntry member(
      byte[] name, Type type, Fs.Stat stat, byte[] link, Map<String, byte[]> xattrs) {
    return new TarEntry(
        name, type, stat.permissions(), stat.uid(), stat.gid(), type == Type.FILE ? stat.size() : 0,
        stat.mtimeSeconds(), stat.mtimeNanos(), link, stat.rdevMajor(), stat.rdevMinor(), xattrs, List.of());
  }
}

package io.jcompose.build;

import io.jcompose.build.Selection.Item;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Files of one copy that a former layer has just so: they become further names of those, and are
 * neither read nor written. Layers never change, so nothing shows that they share files. An overlay
 * takes no links to what lies outside of it; they are made in its upper directory when it is gone.
 */
final class SharedFiles implements AutoCloseable {
  private static final long STRICT = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;

  /** Below this a copy takes no time. */
  private static final long LEAST_BYTES = 1 << 20;

  /** Owner and permissions that a file shall have. */
  record Attributes(int uid, int gid, int permissions) {}

  /** Makes a file under a name that the folder does not have. */
  @FunctionalInterface
  interface Copying {
    void to(Fd dir, byte[] base);
  }

  private record Time(long seconds, int nanos) {}

  private final Optional<Fd> former;
  private final LastFolder formerFolder;
  private final Map<String, String> formerDigests;
  private final Map<String, String> digests = new HashMap<>();
  private final Map<String, Copying> links = new LinkedHashMap<>();
  private final Map<String, Time> folders = new LinkedHashMap<>();
  private final Set<String> opened = new HashSet<>();
  private final Set<String> linked = new HashSet<>();

  /** Takes ownership of {@code former}, the files of a layer, of which some have known digests. */
  SharedFiles(Optional<Fd> former, Map<String, String> formerDigests) {
    this.former = former;
    this.formerFolder = new LastFolder(this::openFormer);
    this.formerDigests = formerDigests;
  }

  /** Whether it is worth while to remember what this copy comes to. */
  static boolean isWorthwhile(Selection selection) {
    return selection.sources().size() == 1
        && selection.sources().getFirst().items().stream()
                .filter(item -> item.entry().stat().isRegular())
                .mapToLong(item -> item.entry().stat().size())
                .sum()
            >= LEAST_BYTES;
  }

  /** The digests of what was copied, by path: what the next copy may share. */
  Map<String, String> digests() {
    return digests;
  }

  /** Whether the file is the former layer's; known once all is done. */
  boolean isLinked(String path) {
    return linked.contains(path);
  }

  /**
   * Whether the former layer has the file; then it will be linked, and needs a folder in the upper
   * directory.
   *
   * @param root of the overlay
   * @param dir where the file shall be, in the overlay
   * @param copying is done in place of the link when the former layer has lost the file meanwhile
   */
  boolean takes(
      Item item, String path, Attributes wanted, Fd root, Fd dir, Copying copying) {
    Fs.Stat stat = item.entry().stat();
    // Several names of one file stay so in the copy; taken one by one they would not.
    boolean shareable = stat.links() == 1 && item.xattrs().isEmpty();
    if (!shareable) {
      return false;
    }
    digests.put(path, item.digest());
    if (former.isEmpty() || !item.digest().equals(formerDigests.get(path))) {
      return false;
    }
    Fs.Stat there = stat(path);
    boolean same =
        there != null
            && there.isRegular()
            && there.size() == stat.size()
            && there.mtimeSeconds() == stat.mtimeSeconds()
            && there.mtimeNanos() == stat.mtimeNanos()
            && new Attributes(there.uid(), there.gid(), there.permissions()).equals(wanted);
    // It is the same place in the upper directory only where no link leads there.
    if (!same || !isPlain(root, RawPath.parent(path))) {
      return false;
    }
    if (opened.add(RawPath.parent(path))) {
      Fs.Stat folder = Fs.stat(dir);
      Fs.utimes(dir, new byte[] {'.'}, folder.mtimeSeconds(), folder.mtimeNanos()); // copies it up
    }
    links.put(path, copying);
    return true;
  }

  /** The time that the folder shall have in the end. */
  void folder(String path, Fs.Stat source) {
    folders.put(path, new Time(source.mtimeSeconds(), source.mtimeNanos()));
  }

  private boolean isPlain(Fd root, String folder) {
    if (folder.isEmpty() || opened.contains(folder)) {
      return true;
    }
    try (Fd found =
        Fs.openat2(root, RawPath.bytes(folder), Fs.O_PATH | Fs.O_DIRECTORY, 0, STRICT)) {
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ELOOP) || e.is(Errno.EXDEV)) {
        return false;
      }
      throw e;
    }
  }

  /** The former layer's file; null if it is gone. */
  private Fs.Stat stat(String path) {
    Fd dir = formerFolder.at(RawPath.parent(path));
    return dir == null ? null : Fs.statIfThere(dir, RawPath.bytes(RawPath.base(path)));
  }

  /** Makes the links in {@code upper}, the upper directory of the overlay that was written to. */
  void finish(Fd upper) {
    try (LastFolder folder = new LastFolder(path -> folder(upper, path))) {
      links.forEach((path, copying) -> place(path, folder.at(RawPath.parent(path)), copying));
    }
    // Times last: what was put into a folder changed them.
    folders.forEach(
        (path, time) -> {
          if (opened.contains(path)) {
            try (Fd dir = folder(upper, path)) {
              Fs.utimes(dir, new byte[] {'.'}, time.seconds(), time.nanos());
            }
          }
        });
  }

  private void place(String path, Fd dir, Copying copying) {
    byte[] base = RawPath.bytes(RawPath.base(path));
    Fs.Stat there = Fs.statIfThere(dir, base);
    if (there != null && there.type() != Fs.S_IFCHR) {
      return; // written later, by a way that led through a link
    }
    if (there != null) {
      Fs.unlink(dir, base, false); // overlayfs' mark that what lies below is gone
    }
    if (link(path, dir, base)) {
      linked.add(path);
    } else {
      copying.to(dir, base);
    }
  }

  /** False when the former layer has lost the file, or can't give it one more name. */
  private boolean link(String path, Fd dir, byte[] base) {
    Fd from = formerFolder.at(RawPath.parent(path));
    if (from == null) {
      return false;
    }
    try {
      Fs.link(from, base, dir, base, 0);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.EMLINK)) {
        return false;
      }
      throw e;
    }
  }

  /** Null when it is gone, or a link leads there: then its files are elsewhere in the layer. */
  private Fd openFormer(String path) {
    try {
      return Fs.openIfThere(former.orElseThrow(), folderName(path), Fs.O_RDONLY | Fs.O_DIRECTORY, STRICT);
    } catch (LinuxException e) {
      if (e.is(Errno.ELOOP)) {
        return null;
      }
      throw e;
    }
  }

  private static Fd folder(Fd root, String path) {
    return Fs.openat2(root, folderName(path), Fs.O_RDONLY | Fs.O_DIRECTORY, 0, STRICT);
  }

  private static byte[] folderName(String path) {
    return path.isEmpty() ? new byte[] {'.'} : RawPath.bytes(path);
  }

  @Override
  public void close() {
    formerFolder.close();
    former.ifPresent(Fd::close);
  }
}

package io.jcompose.engine.copy;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a writable layer of an overlay makes of the layers below it. */
public final class LayerChanges {
  private static final long BELOW = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;
  private static final String OPAQUE = "trusted.overlay.opaque";

  private final List<Path> layers;
  private final List<Change> changes = new ArrayList<>();

  private LayerChanges(List<Path> layers) {
    this.layers = layers;
  }

  /**
   * One path that differs.
   *
   * @param kind A, C or D, as {@code diff} prints them
   * @param path absolute in the container
   */
  public record Change(char kind, String path) {}

  /**
   * The changes by path.
   *
   * @param layers the layers below, the top-most first
   */
  public static List<Change> of(Path upper, List<Path> layers) {
    LayerChanges found = new LayerChanges(layers);
    try (Fd dir = Fs.open(upper.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      found.below(dir, "");
    }
    found.changes.sort(Comparator.comparing(Change::path));
    return found.changes;
  }

  private void below(Fd dir, String path) {
    for (Fs.Entry entry : Fs.list(dir)) {
      String child = path + "/" + new String(entry.name(), StandardCharsets.UTF_8);
      try {
        entry(dir, entry.name(), child);
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT)) { // it was removed while we looked
          throw e;
        }
      }
    }
  }

  private void entry(Fd dir, byte[] name, String path) {
    Fs.Stat stat = Fs.stat(dir, name);
    boolean whiteout = stat.type() == Fs.S_IFCHR && stat.rdevMajor() == 0 && stat.rdevMinor() == 0;
    if (whiteout) {
      changes.add(new Change('D', path));
      return;
    }
    changes.add(new Change(inImage(path) ? 'C' : 'A', path));
    if (stat.isDirectory()) {
      try (Fd sub = Fs.openat2(dir, name, Fs.O_RDONLY | Fs.O_DIRECTORY, 0, BELOW)) {
        below(sub, path);
      }
    }
  }

  /** From the top layer down: the first one that says something of the path, or of a folder above it, decides. */
  private boolean inImage(String path) {
    byte[] name = path.substring(1).getBytes(StandardCharsets.UTF_8);
    for (Path layer : layers) {
      try (Fd root = Fs.open(layer.toString(), Fs.O_PATH | Fs.O_DIRECTORY, 0);
          Fd there = Fs.openIfThere(root, name, Fs.O_PATH | Fs.O_NOFOLLOW, Fs.RESOLVE_BENEATH)) {
        if (there != null) {
          Fs.Stat stat = Fs.stat(there);
          return !(stat.type() == Fs.S_IFCHR && stat.rdevMajor() == 0 && stat.rdevMinor() == 0);
        }
        if (hides(root, path)) {
          return false;
        }
      }
    }
    return false;
  }

  /** Whether a layer deletes, or replaces as a whole, a folder that the path lies in. */
  private static boolean hides(Fd root, String path) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      byte[] parent = path.substring(1, slash).getBytes(StandardCharsets.UTF_8);
      try (Fd folder = Fs.openIfThere(root, parent, Fs.O_RDONLY | Fs.O_NOFOLLOW | Fs.O_NONBLOCK, Fs.RESOLVE_BENEATH)) {
        if (folder != null && (!Fs.stat(folder).isDirectory() || Fs.getXattr(folder, OPAQUE) != null)) {
          return true;
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENXIO) && !e.is(Errno.ELOOP)) {
          throw e;
        }
        return true; // a whiteout, or a link where the path has a folder
      }
    }
    return false;
  }
}

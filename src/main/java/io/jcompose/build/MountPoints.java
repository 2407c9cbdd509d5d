package io.jcompose.build;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The empty files and folders that a container makes to mount something on. They are no part of a
 * step's result; what the step made there itself is.
 */
final class MountPoints {
  /** What every container mounts, whatever its image has. */
  private static final List<String> ALWAYS =
      List.of("proc", "sys", "dev", "etc/hosts", "etc/hostname", "etc/resolv.conf");

  private static final int MOST_LINKS = 40;
  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final long BENEATH = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;
  private final Fd below;

  /** Real paths that are not there before the step, and folders above them that are. */
  private final TreeSet<String> missing = new TreeSet<>();

  private final TreeSet<String> parents = new TreeSet<>();

  /** Looks, before the step runs, at what {@code targets} are missing in {@code below}. */
  MountPoints(Fd below, List<String> targets) {
    this.below = below;
    ALWAYS.forEach(this::note);
    targets.forEach(target -> note(RawPath.clean(target)));
  }

  private void note(String target) {
    String real = resolve(target);
    String path = real;
    while (!path.isEmpty() && stat(below, path) == null) {
      missing.add(path);
      path = RawPath.parent(path);
    }
    if (!path.equals(real)) {
      for (; !path.isEmpty(); path = RawPath.parent(path)) {
        parents.add(path);
      }
    }
  }

  /** The path without links as far as it exists. */
  private String resolve(String path) {
    String done = "";
    String left = path;
    int links = 0;
    while (!left.isEmpty()) {
      int slash = left.indexOf('/');
      String next = RawPath.join(done, slash < 0 ? left : left.substring(0, slash));
      left = slash < 0 ? "" : left.substring(slash + 1);
      Fs.Stat stat = stat(below, next);
      if (stat == null || !stat.isSymlink()) {
        done = next;
      } else if (++links > MOST_LINKS) {
        return path;
      } else {
        String target = RawPath.of(Fs.readlink(below, RawPath.bytes(next)));
        left = RawPath.clean((target.startsWith("/") ? target : done + "/" + target) + "/" + left);
        done = "";
      }
    }
    return done;
  }

  /**
   * Removes them from {@code upper} after the step, and folders that are there only because of
   * them.
   */
  void removeFrom(Fd upper) {
    for (String path : deepestFirst(missing)) {
      Fs.Stat stat = stat(upper, path);
      if (stat != null && stat.isDirectory()) {
        removeIfEmpty(upper, path);
      } else if (stat != null && stat.isRegular() && stat.size() == 0) {
        unlink(upper, path, false);
      }
    }
    for (String path : deepestFirst(parents)) {
      Fs.Stat changed = stat(upper, path);
      Fs.Stat before = stat(below, path);
      boolean same =
          changed != null
              && before != null
              && changed.isDirectory()
              && changed.mode() == before.mode()
              && changed.uid() == before.uid()
              && changed.gid() == before.gid();
      if (same && !isOpaque(upper, path)) {
        removeIfEmpty(upper, path);
      }
    }
  }

  private static List<String> deepestFirst(TreeSet<String> paths) {
    List<String> sorted = new ArrayList<>(paths);
    sorted.sort(Comparator.comparingInt(String::length).reversed());
    return sorted;
  }

  private static boolean isOpaque(Fd upper, String path) {
    try (Fd dir =
        Fs.openat2(upper, RawPath.bytes(path), Fs.O_RDONLY | Fs.O_DIRECTORY, 0, BENEATH)) {
      return Fs.getXattr(dir, OPAQUE) != null;
    }
  }

  private static void removeIfEmpty(Fd upper, String path) {
    try {
      unlink(upper, path, true);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOTEMPTY)) {
        throw e;
      }
    }
  }

  /** The parent is opened first: a link that the step put in its place is not followed. */
  private static void unlink(Fd upper, String path, boolean directory) {
    String parent = RawPath.parent(path);
    byte[] name = parent.isEmpty() ? new byte[] {'.'} : RawPath.bytes(parent);
    try (Fd dir = Fs.openat2(upper, name, Fs.O_RDONLY | Fs.O_DIRECTORY, 0, BENEATH)) {
      Fs.unlink(dir, RawPath.bytes(RawPath.base(path)), directory);
    }
  }

  /** What {@code path} is, with no link followed; null when it isn't there. */
  private static Fs.Stat stat(Fd root, String path) {
    try (Fd found = Fs.openat2(root, RawPath.bytes(path), Fs.O_PATH | Fs.O_NOFOLLOW, 0, BENEATH)) {
      return Fs.stat(found);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
        return null;
      }
      throw e;
    }
  }
}

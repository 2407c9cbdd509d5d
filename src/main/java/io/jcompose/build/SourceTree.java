package io.jcompose.build;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Files that a COPY may take: the context, or the root of a stage or image. Nothing outside {@code
 * root} is ever opened: a link in a source's path is resolved inside it, one that is copied stays a
 * link.
 */
final class SourceTree implements AutoCloseable {
  private static final int MOST_ENTRIES = 2_000_000;
  private static final int MOST_LINKS = 40;
  private static final long STRICT = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;
  private final Fd root;
  private final IgnoreFile ignore;

  /** Takes ownership of {@code root}. */
  SourceTree(Fd root, IgnoreFile ignore) {
    this.root = root;
    this.ignore = ignore;
  }

  /** What the folder itself is. */
  Fs.Stat root() {
    return Fs.stat(root);
  }

  /** The rules of what is not there. */
  IgnoreFile ignore() {
    return ignore;
  }

  /**
   * Something in the tree; {@code path} is relative to its root and has no links in its parents.
   */
  record Entry(String path, Fs.Stat stat) {}

  /**
   * The entry that {@code path} leads to, links resolved; nothing when it is not there or ignored.
   */
  Optional<Entry> find(String path) {
    String clean = RawPath.clean(path);
    return resolve(clean)
        .filter(resolved -> !isHidden(resolved))
        .map(resolved -> new Entry(resolved, stat(resolved)));
  }

  /** Whether {@code path} leads to something that only the ignore file takes away. */
  boolean isLeftOut(String path) {
    return resolve(RawPath.clean(path)).filter(this::isHidden).isPresent();
  }

  /** A folder that is excluded itself is still there when something below it may be included. */
  private boolean isHidden(String path) {
    return ignore.excludes(path) && !(stat(path).isDirectory() && hasIncludedChild(path));
  }

  private boolean hasIncludedChild(String path) {
    return ignore.mayInclude() && !below(path).isEmpty();
  }

  /** The path without links, "" for the root. */
  private Optional<String> resolve(String path) {
    String done = "";
    String left = path;
    int links = 0;
    while (!left.isEmpty()) {
      int slash = left.indexOf('/');
      String part = slash < 0 ? left : left.substring(0, slash);
      left = slash < 0 ? "" : left.substring(slash + 1);
      String next = RawPath.join(done, part);
      Fs.Stat stat = statOrNull(next);
      if (stat == null) {
        return Optional.empty();
      }
      if (!stat.isSymlink()) {
        done = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new BuildException("too many links on the way to \"" + RawPath.shown(path) + "\"");
      }
      String target = RawPath.of(Fs.readlink(root, RawPath.bytes(next)));
      String from = target.startsWith("/") ? target : done + "/" + target;
      left = RawPath.clean(from + "/" + left);
      done = "";
    }
    return Optional.of(done);
  }

  private Fs.Stat stat(String path) {
    Fs.Stat stat = statOrNull(path);
    if (stat == null) {
      throw new BuildException("\"" + RawPath.shown(path) + "\" went away while it was read");
    }
    return stat;
  }

  private Fs.Stat statOrNull(String path) {
    if (path.isEmpty()) {
      return Fs.stat(root);
    }
    try (Fd found = Fs.openat2(root, RawPath.bytes(path), Fs.O_PATH | Fs.O_NOFOLLOW, 0, STRICT)) {
      return Fs.stat(found);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)
          || e.is(Errno.ENOTDIR)
          || e.is(Errno.ELOOP)
          || e.is(Errno.ENAMETOOLONG)) {
        return null;
      }
      throw e;
    }
  }

  /** All entries whose path matches {@code pattern}, by path. */
  List<Entry> matching(GlobPattern pattern) {
    List<Entry> found = new ArrayList<>();
    walk("", found);
    found.removeIf(entry -> !pattern.matches(entry.path()));
    return found;
  }

  /**
   * Everything below the folder {@code path} that is not ignored, folders before what is in them,
   * by name.
   */
  List<Entry> below(String path) {
    List<Entry> found = new ArrayList<>();
    walk(path, found);
    return found;
  }

  private void walk(String path, List<Entry> found) {
    List<Fs.Entry> names = new ArrayList<>();
    try (Fd dir = open(path, Fs.O_RDONLY | Fs.O_DIRECTORY)) {
      names.addAll(Fs.list(dir));
      names.sort(Comparator.comparing(e -> RawPath.of(e.name())));
      for (Fs.Entry name : names) {
        String child = RawPath.join(path, RawPath.of(name.name()));
        Fs.Stat stat = Fs.stat(dir, name.name());
        boolean excluded = !ignore.isEmpty() && ignore.excludes(child);
        if (found.size() >= MOST_ENTRIES) {
          throw new BuildException("there are more than " + MOST_ENTRIES + " files to copy");
        }
        int before = found.size();
        if (!excluded || stat.isDirectory() && ignore.mayInclude()) {
          found.add(new Entry(child, stat));
          if (stat.isDirectory()) {
            walk(child, found);
          }
        }
        if (excluded && found.size() == before + 1) {
          found.removeLast();
        }
      }
    }
  }

  /** Opens an entry; {@code flags} without O_NOFOLLOW and O_CLOEXEC, which are added. */
  Fd open(String path, int flags) {
    byte[] name = path.isEmpty() ? new byte[] {'.'} : RawPath.bytes(path);
    return Fs.openat2(root, name, flags | Fs.O_NOFOLLOW, 0, STRICT);
  }

  byte[] readLink(String path) {
    try (Fd link = Fs.openat2(root, RawPath.bytes(path), Fs.O_PATH | Fs.O_NOFOLLOW, 0, STRICT)) {
      return Fs.readlink(link, new byte[0]);
    }
  }

  @Override
  public void close() {
    root.close();
  }
}

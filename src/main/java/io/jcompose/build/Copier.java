package io.jcompose.build;

import io.jcompose.build.Selection.Item;
import io.jcompose.image.Digest;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** Copies a selection into a root, as COPY does. */
final class Copier {
  private static final int BUFFER = 1 << 17;
  private final RootTree target;
  private final Optional<Owner> owner;
  private final Optional<ModeChange> mode;
  private final Optional<SharedFiles> shared;
  private final byte[] buffer = new byte[BUFFER];

  Copier(RootTree target, Optional<Owner> owner, Optional<ModeChange> mode) {
    this(target, owner, mode, Optional.empty());
  }

  /** What {@code shared} takes is left to it. */
  Copier(
      RootTree target,
      Optional<Owner> owner,
      Optional<ModeChange> mode,
      Optional<SharedFiles> shared) {
    this.target = target;
    this.owner = owner;
    this.mode = mode;
    this.shared = shared;
  }

  /**
   * Copies all sources.
   *
   * @param destination path inside the root, without a leading slash
   * @param intoFolder whether the destination was written as a folder, or has to be one
   * @param withParents whether the sources' own paths are kept below the destination
   */
  void copy(Selection selection, String destination, boolean intoFolder, boolean withParents) {
    for (Selection.Source source : selection.sources()) {
      String to = destination;
      boolean folder = source.top().stat().isDirectory();
      if (withParents) {
        to = RawPath.join(destination, source.kept());
      } else if (!folder && (intoFolder || isFolder(destination))) {
        to = RawPath.join(destination, RawPath.base(source.top().path()));
      }
      copy(selection, source, to);
    }
  }

  private boolean isFolder(String path) {
    Fs.Stat there = target.stat(path);
    return there != null && there.isDirectory();
  }

  private void copy(Selection selection, Selection.Source source, String to) {
    Map<Long, String> links = new HashMap<>();
    Map<String, Item> freshFolders = new java.util.LinkedHashMap<>();
    try (LastFolder folder = new LastFolder(path -> target.directory(path).dir())) {
      for (Item item : source.items()) {
        String path = RawPath.join(to, item.relative());
        if (item.entry().stat().isDirectory()) {
          directory(item, path, item.relative().isEmpty(), freshFolders);
        } else {
          place(selection, item, path, folder, links);
        }
      }
    }
    // Times last: what was put into a folder changed them.
    freshFolders.forEach(
        (path, item) -> {
          try (Fd dir = target.directory(path).dir()) {
            Fs.utimes(
                dir,
                new byte[] {'.'},
                item.entry().stat().mtimeSeconds(),
                item.entry().stat().mtimeNanos());
          }
          shared.ifPresent(files -> files.folder(path, item.entry().stat()));
        });
  }

  /**
   * The destination keeps its own attributes when it was there before; folders below it take the
   * source's.
   */
  private void directory(Item item, String path, boolean isTop, Map<String, Item> freshFolders) {
    RootTree.Made made = target.directory(path);
    try (Fd dir = made.dir()) {
      if (made.isNew() || !isTop) {
        own(dir, item, true);
        freshFolders.put(path, item);
      }
    }
  }

  private void place(Selection selection, Item item, String path, LastFolder folder, Map<Long, String> links) {
    byte[] base = RawPath.bytes(RawPath.base(path));
    if (base.length == 0) {
      throw new BuildException("the root directory can't be replaced by a file");
    }
    Fd dir = folder.at(RawPath.parent(path));
    Fs.Stat there = Fs.statIfThere(dir, base);
    if (there != null && there.isDirectory()) {
      throw new BuildException(
          "/"
              + RawPath.shown(path)
              + " is a directory, so the file \""
              + RawPath.shown(item.entry().path())
              + "\" can't be copied there");
    }
    if (there != null) {
      Fs.unlink(dir, base, false);
    }
    Fs.Stat stat = item.entry().stat();
    switch (stat.type()) {
      case Fs.S_IFREG -> {
        if (!isTaken(selection, item, path, dir) && !linked(item, dir, base, path, links)) {
          file(selection, item, dir, base);
        }
      }
      case Fs.S_IFLNK -> {
        Fs.symlink(item.link(), dir, base);
        chown(dir, base, stat);
        Fs.utimes(dir, base, stat.mtimeSeconds(), stat.mtimeNanos());
      }
      case Fs.S_IFSOCK -> {}
      default -> {
        Fs.mknod(dir, base, stat.type() | 0600, stat.rdevMajor(), stat.rdevMinor());
        chown(dir, base, stat);
        Fs.chmod(dir, base, changed(stat, false));
      }
    }
  }

  private boolean isTaken(Selection selection, Item item, String path, Fd dir) {
    SharedFiles.Copying copying = (folder, name) -> file(selection, item, folder, name);
    return shared.isPresent()
        && shared.get().takes(item, path, attributes(item.entry().stat()), target.root(), dir, copying);
  }

  /** Files that are one file in the source become one file in the target. */
  private boolean linked(Item item, Fd dir, byte[] base, String path, Map<Long, String> links) {
    Fs.Stat stat = item.entry().stat();
    if (stat.links() < 2) {
      return false;
    }
    String first = links.putIfAbsent(stat.inode(), path);
    if (first == null) {
      return false;
    }
    try (Fd from = target.directory(RawPath.parent(first)).dir()) {
      Fs.link(from, RawPath.bytes(RawPath.base(first)), dir, base, 0);
      return true;
    }
  }

  private SharedFiles.Attributes attributes(Fs.Stat stat) {
    return new SharedFiles.Attributes(
        owner.map(Owner::uid).orElse(stat.uid()),
        owner.map(Owner::gid).orElse(stat.gid()),
        changed(stat, false));
  }

  private void file(Selection selection, Item item, Fd dir, byte[] base) {
    int create = Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL | Fs.O_NOFOLLOW;
    boolean same;
    try (Fd from = selection.tree().open(item.entry().path(), Fs.O_RDONLY | Fs.O_NONBLOCK);
        Fd to = Fs.openat2(dir, base, create, 0600, Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS)) {
      same = FileDigests.isOld(item.entry().stat()) ? copyOld(item, from, to) : copyNew(item, from, to);
      own(to, item, false);
    }
    if (!same) {
      throw new BuildException(
          "\""
              + RawPath.shown(item.entry().path())
              + "\" changed while it was copied; build again");
    }
    Fs.Stat stat = item.entry().stat();
    Fs.utimes(dir, base, stat.mtimeSeconds(), stat.mtimeNanos());
  }

  /** Its times tell afterwards whether it was what was looked at all the while. */
  private static boolean copyOld(Item item, Fd from, Fd to) {
    Fs.copy(from, to);
    return Fs.stat(from).equals(item.entry().stat());
  }

  private boolean copyNew(Item item, Fd from, Fd to) {
    MessageDigest hash = Digest.sha256();
    for (int n = Fs.read(from, buffer); n > 0; n = Fs.read(from, buffer)) {
      hash.update(buffer, 0, n);
      Fs.write(to, buffer, n);
    }
    return HexFormat.of().formatHex(hash.digest()).equals(item.digest());
  }

  private void own(Fd fd, Item item, boolean directory) {
    chown(fd, new byte[0], item.entry().stat());
    Fs.chmod(fd, changed(item.entry().stat(), directory));
    Xattrs.write(fd, item.xattrs());
  }

  private void chown(Fd dir, byte[] base, Fs.Stat stat) {
    Fs.chown(
        dir,
        base,
        owner.map(Owner::uid).orElse(stat.uid()),
        owner.map(Owner::gid).orElse(stat.gid()));
  }

  private int changed(Fs.Stat stat, boolean directory) {
    return mode.map(change -> change.apply(stat.permissions(), directory))
        .orElse(stat.permissions());
  }
}

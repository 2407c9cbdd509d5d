package io.jcompose.build;

import io.jcompose.build.SourceTree.Entry;
import io.jcompose.image.Digest;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the sources of a COPY come to, with the digest of every file as it was when it was read.
 *
 * @param tree where the files are
 * @param sources one for each path that a source led to
 * @param keepsOwners whether owners belong to the content; those of a context don't
 * @param digest of everything but times: the same content gives the same digest
 */
record Selection(SourceTree tree, List<Source> sources, boolean keepsOwners, String digest) {
  private static final int BUFFER = 1 << 17;
  private static final int FEW = 32;

  private record Named(Entry entry, String relative) {}

  /** What a source led to; of its path, so many parts are left out where parents are kept. */
  record Top(Entry entry, int pivot) {}

  /** A file or folder that a source names, and what is below it. */
  record Source(Entry top, int pivot, List<Item> items) {
    /** The path that is kept with {@code --parents}. */
    String kept() {
      String path = top.path();
      for (int i = 0; i < pivot; i++) {
        int slash = path.indexOf('/');
        path = slash < 0 ? "" : path.substring(slash + 1);
      }
      return path;
    }
  }

  /**
   * An entry to copy.
   *
   * @param relative path below the source's folder, empty for the source itself
   * @param digest of a regular file's content, else empty
   * @param link a symbolic link's target, else empty
   */
  record Item(
      Entry entry, String relative, String digest, byte[] link, Map<String, byte[]> xattrs) {}

  static Selection of(SourceTree tree, List<Top> tops, CopySources.Taking taking) {
    IgnoreFile excludes = taking.excludes();
    boolean keepsOwners = taking.keepsOwners();
    Optional<FileDigests> known = taking.known();
    MessageDigest hash = Digest.sha256();
    List<Source> sources = new ArrayList<>();
    for (Top named : tops) {
      Entry top = named.entry();
      List<Named> entries = new ArrayList<>();
      boolean excluded = !excludes.isEmpty() && excludes.excludes(RawPath.base(top.path()));
      if (!excluded || top.stat().isDirectory()) {
        entries.add(new Named(top, ""));
      }
      if (top.stat().isDirectory()) {
        for (Entry entry : tree.below(top.path())) {
          String relative =
              top.path().isEmpty() ? entry.path() : entry.path().substring(top.path().length() + 1);
          boolean out =
              !excludes.isEmpty()
                  && (excludes.excludes(relative) || excludes.excludes(entry.path()));
          if (!out) {
            entries.add(new Named(entry, relative));
          }
        }
      }
      // Reading and hashing what is not known yet is work for all processors.
      List<Item> items =
          (entries.size() > FEW ? entries.parallelStream() : entries.stream())
              .map(each -> item(tree, each.entry(), each.relative(), known))
              .toList();
      Source source = new Source(top, named.pivot(), items);
      sources.add(source);
      hash.update(RawPath.bytes(top.stat().isDirectory() ? "" : RawPath.base(top.path())));
      hash.update(RawPath.bytes("\0" + (taking.parents() ? source.kept() : "") + "\0"));
      items.forEach(item -> hash.update(description(item, keepsOwners)));
    }
    return new Selection(tree, sources, keepsOwners, HexFormat.of().formatHex(hash.digest()));
  }

  private static Item item(
      SourceTree tree, Entry entry, String relative, Optional<FileDigests> known) {
    Fs.Stat stat = entry.stat();
    if (stat.isSymlink()) {
      return new Item(entry, relative, "", tree.readLink(entry.path()), Map.of());
    }
    if (!stat.isRegular() && !stat.isDirectory()) {
      return new Item(entry, relative, "", new byte[0], Map.of());
    }
    Optional<String> before =
        stat.isRegular() ? known.flatMap(digests -> digests.find(stat)) : Optional.empty();
    if (before.isPresent()) {
      return new Item(entry, relative, before.get(), new byte[0], Map.of());
    }
    try (Fd fd = tree.open(entry.path(), Fs.O_RDONLY | Fs.O_NONBLOCK)) {
      Map<String, byte[]> xattrs = Xattrs.read(fd);
      if (stat.isDirectory()) {
        return new Item(entry, relative, "", new byte[0], xattrs);
      }
      Fs.Stat opened = Fs.stat(fd);
      String digest = digest(fd);
      if (xattrs.isEmpty() && Fs.stat(fd).equals(opened)) {
        known.ifPresent(digests -> digests.put(opened, digest));
      }
      return new Item(entry, relative, digest, new byte[0], xattrs);
    }
  }

  private static String digest(Fd fd) {
    MessageDigest hash = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    for (int n = Fs.read(fd, buffer); n > 0; n = Fs.read(fd, buffer)) {
      hash.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /** Everything of an entry that counts as content, framed so that no two entries look the same. */
  private static byte[] description(Item item, boolean keepsOwners) {
    Fs.Stat stat = item.entry().stat();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(item.relative().length());
      out.writeBytes(item.relative());
      out.writeInt(stat.mode());
      out.writeInt(keepsOwners ? stat.uid() : 0);
      out.writeInt(keepsOwners ? stat.gid() : 0);
      out.writeLong(stat.isRegular() ? stat.size() : 0);
      out.writeUTF(item.digest());
      out.writeInt(item.link().length);
      out.write(item.link());
      out.writeInt(stat.rdevMajor());
      out.writeInt(stat.rdevMinor());
      for (Map.Entry<String, byte[]> xattr : new TreeMap<>(item.xattrs()).entrySet()) {
        out.writeUTF(xattr.getKey());
        out.writeInt(xattr.getValue().length);
        out.write(xattr.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

package io.jcompose.image.tar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One member of a tar archive. Names are bytes, as the kernel has them.
 *
 * @param name path as written in the archive
 * @param mode permission bits, 07777 at most
 * @param size logical size of the content in bytes; 0 unless a regular file
 * @param linkName target of a symbolic or hard link, else empty
 * @param xattrs extended attributes by full name ({@code user.x}), values as bytes
 * @param sparse data extents of a sparse file in ascending order, empty when the content is not
 *     sparse
 */
public record TarEntry(
    byte[] name,
    Type type,
    int mode,
    long uid,
    long gid,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    byte[] linkName,
    int deviceMajor,
    int deviceMinor,
    Map<String, byte[]> xattrs,
    List<Extent> sparse) {

  /** What a member is. */
  public enum Type {
    FILE('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    final byte flag;

    Type(char flag) {
      this.flag = (byte) flag;
    }
  }

  /** A run of real data at {@code offset} of a sparse file. */
  public record Extent(long offset, long length) {}

  /** A member without times, links, devices and attributes, owned by root. */
  public static TarEntry of(String name, Type type, int mode, long size) {
    return new TarEntry(
        name.getBytes(StandardCharsets.UTF_8),
        type,
        mode,
        0,
        0,
        size,
        0,
        0,
        new byte[0],
        0,
        0,
        Map.of(),
        List.of());
  }

  public TarEntry withName(byte[] newName) {
    return new TarEntry(
        newName,
        type,
        mode,
        uid,
        gid,
        size,
        mtimeSeconds,
        mtimeNanos,
        linkName,
        deviceMajor,
        deviceMinor,
        xattrs,
        sparse);
  }

  public TarEntry withLink(byte[] target) {
    return new TarEntry(
        name,
        type,
        mode,
        uid,
        gid,
        size,
        mtimeSeconds,
        mtimeNanos,
        target,
        deviceMajor,
        deviceMinor,
        xattrs,
        sparse);
  }

  public TarEntry withOwner(long newUid, long newGid) {
    return new TarEntry(
        name,
        type,
        mode,
        newUid,
        newGid,
        size,
        mtimeSeconds,
        mtimeNanos,
        linkName,
        deviceMajor,
        deviceMinor,
        xattrs,
        sparse);
  }

  public TarEntry withMtime(long seconds) {
    return new TarEntry(
        name,
        type,
        mode,
        uid,
        gid,
        size,
        seconds,
        0,
        linkName,
        deviceMajor,
        deviceMinor,
        xattrs,
        sparse);
  }

  public TarEntry withDevice(int major, int minor) {
    return new TarEntry(
        name,
        type,
        mode,
        uid,
        gid,
        size,
        mtimeSeconds,
        mtimeNanos,
        linkName,
        major,
        minor,
        xattrs,
        sparse);
  }

  public TarEntry withXattrs(Map<String, byte[]> attributes) {
    return new TarEntry(
        name,
        type,
        mode,
        uid,
        gid,
        size,
        mtimeSeconds,
        mtimeNanos,
        linkName,
        deviceMajor,
        deviceMinor,
        attributes,
        sparse);
  }
}

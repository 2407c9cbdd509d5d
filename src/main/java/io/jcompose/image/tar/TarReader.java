package io.jcompose.image.tar;

import io.jcompose.image.tar.TarEntry.Extent;
import io.jcompose.image.tar.TarEntry.Type;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads an archive from front to back: POSIX ustar and pax (pax(1), "pax Interchange Format"), GNU
 * long names and sparse files (GNU tar manual, "Basic Tar Format" and "Storing Sparse Files").
 * Everything that the archive declares is bounded before memory is taken for it.
 */
public final class TarReader {
  private static final int BLOCK = 512;
  private static final int LONGEST_PAX = 1 << 20;
  private static final int LONGEST_NAME = 1 << 16;
  private static final long LARGEST_SPARSE_MAP = 100_000;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private final byte[] skipBuffer = new byte[8192];
  private Map<String, byte[]> global = Map.of();
  private long stored;
  private int padding;
  private boolean ended;
  private boolean marked;

  /** Reads from {@code in}, which should be buffered; it stays the caller's to close. */
  public TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next member, what was left of the one before being skipped; null at the end of the archive.
   */
  public TarEntry next() throws IOException {
    if (ended) {
      return null;
    }
    skipContent();
    PaxRecords pax = new PaxRecords(global);
    byte[] longName = null;
    byte[] longLink = null;
    long extended = 0;
    while (true) {
      if (!readHeader()) {
        ended = true;
        return null;
      }
      long size = number(124, 12, "size");
      char flag = (char) (block[156] & 0xff);
      switch (flag) {
        case 'x' -> {
          // One member may have several, which come on top of each other.
          extended += size;
          pax.add(readWhole(size, LONGEST_PAX, extended));
        }
        case 'g' -> {
          PaxRecords all = new PaxRecords(global);
          all.add(readWhole(size, LONGEST_PAX, all.bytes() + size));
          global = all.values();
          pax = new PaxRecords(global).over(pax);
        }
        case 'L' -> longName = untilNul(readWhole(size, LONGEST_NAME, size));
        case 'K' -> longLink = untilNul(readWhole(size, LONGEST_NAME, size));
        default -> {
          return member(flag, size, pax, longName, longLink);
        }
      }
    }
  }

  /**
   * Reads stored bytes of the current member; -1 at its end. For a sparse member these are the
   * bytes of its extents, one after the other.
   */
  public int read(byte[] buffer, int length) throws IOException {
    if (stored == 0) {
      return -1;
    }
    int count = in.read(buffer, 0, (int) Math.min(length, stored));
    if (count < 0) {
      throw new EOFException("the archive ends inside a file's content");
    }
    stored -= count;
    return count;
  }

  private TarEntry member(char flag, long size, PaxRecords pax, byte[] longName, byte[] longLink)
      throws IOException {
    Header h = new Header(flag, size, pax, longName, longLink);
    stored = pax.number("size", size);
    padding = (int) ((BLOCK - stored % BLOCK) % BLOCK);
    List<Extent> extents = List.of();
    long logical = stored;
    byte[] name = h.name();
    if (flag == 'S') {
      logical = number(483, 12, "real size");
      extents = oldSparse();
    } else if (pax.has("GNU.sparse.map")) {
      extents = pax.sparseMap(LARGEST_SPARSE_MAP);
      logical = pax.number("GNU.sparse.size", logical);
    } else if (pax.number("GNU.sparse.major", 0) == 1) {
      logical = pax.number("GNU.sparse.realsize", logical);
      extents = sparseMapInContent();
    } else if (pax.has("GNU.sparse.numblocks")) {
      extents = pax.sparsePairs(LARGEST_SPARSE_MAP);
      logical = pax.number("GNU.sparse.size", logical);
    }
    if (pax.has("GNU.sparse.name")) {
      name = pax.bytes("GNU.sparse.name");
    }
    Type type = h.type(name);
    checkExtents(extents, logical);
    if (type != Type.FILE) {
      logical = 0;
      if (flag != '\0') {
        // Whatever size such a header declares, no content follows it.
        stored = 0;
        padding = 0;
      }
    }
    return new TarEntry(
        name,
        type,
        (int) (number(100, 8, "mode") & 07777),
        pax.number("uid", number(108, 8, "uid")),
        pax.number("gid", number(116, 8, "gid")),
        logical,
        pax.has("mtime") ? pax.seconds("mtime") : number(136, 12, "mtime"),
        pax.has("mtime") ? pax.nanos("mtime") : 0,
        h.linkName(),
        (int) number(329, 8, "device"),
        (int) number(337, 8, "device"),
        pax.xattrs(),
        extents);
  }

  /** The fields of the header block that pax records and GNU long names override. */
  private final class Header {
    private final char flag;
    private final PaxRecords pax;
    private final byte[] longName;
    private final byte[] longLink;

    Header(char flag, long size, PaxRecords pax, byte[] longName, byte[] longLink) {
      this.flag = flag;
      this.pax = pax;
      this.longName = longName;
      this.longLink = longLink;
    }

    byte[] name() {
      if (pax.has("path")) {
        return pax.bytes("path");
      }
      if (longName != null) {
        return longName;
      }
      byte[] name = field(0, 100);
      boolean posix = block[257] == 'u' && block[262] == 0;
      byte[] prefix = posix && flag != 'S' ? field(345, 155) : new byte[0];
      if (prefix.length == 0) {
        return name;
      }
      byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
      whole[prefix.length] = '/';
      System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
      return whole;
    }

    byte[] linkName() {
      if (pax.has("linkpath")) {
        return pax.bytes("linkpath");
      }
      return longLink != null ? longLink : field(157, 100);
    }

    Type type(byte[] name) throws TarException {
      return switch (flag) {
        case '0', '7', 'S' -> Type.FILE;
        // Before POSIX, a slash at the end was what told a directory.
        case '\0' -> name.length > 0 && name[name.length - 1] == '/' ? Type.DIRECTORY : Type.FILE;
        case '1' -> Type.HARD_LINK;
        case '2' -> Type.SYMLINK;
        case '3' -> Type.CHARACTER_DEVICE;
        case '4' -> Type.BLOCK_DEVICE;
        case '5' -> Type.DIRECTORY;
        case '6' -> Type.FIFO;
        default ->
            throw new TarException(
                String.format("a member of the unknown type 0x%02x is in the archive", (int) flag));
      };
    }
  }

  /** Whether the archive said where it ends; one that is cut off between two members does not. */
  public boolean endMarked() {
    return marked;
  }

  /**
   * Reads the next header block; false at the end mark (a block of zeros) or the end of the stream.
   */
  private boolean readHeader() throws IOException {
    int count = in.readNBytes(block, 0, BLOCK);
    if (count == 0) {
      return false;
    }
    if (count < BLOCK) {
      throw new EOFException("the archive ends inside a header");
    }
    long sum = 0;
    boolean zeros = true;
    for (int i = 0; i < BLOCK; i++) {
      zeros &= block[i] == 0;
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    if (zeros) {
      marked = true;
      return false;
    }
    if (sum != number(148, 8, "checksum")) {
      throw new TarException(
          "a header's checksum does not match: this is no tar archive, or a damaged one");
    }
    return true;
  }

  private List<Extent> oldSparse() throws IOException {
    List<Extent> extents = new ArrayList<>();
    addOldExtents(extents, 386, 4);
    boolean more = block[482] != 0;
    while (more) {
      readFully(block);
      addOldExtents(extents, 0, 21);
      more = block[504] != 0;
      if (extents.size() > LARGEST_SPARSE_MAP) {
        throw new TarException("a sparse file has too many pieces");
      }
    }
    return extents;
  }

  private void addOldExtents(List<Extent> extents, int at, int count) throws TarException {
    for (int i = 0; i < count; i++) {
      int position = at + i * 24;
      if (block[position] == 0) {
        return;
      }
      extents.add(new Extent(number(position, 12, "offset"), number(position + 12, 12, "length")));
    }
  }

  /** pax sparse format 1.0: the map is text in front of the content, padded to a whole block. */
  private List<Extent> sparseMapInContent() throws IOException {
    long[] read = {0};
    long count = decimalLine(read);
    if (count > LARGEST_SPARSE_MAP) {
      throw new TarException("a sparse file has too many pieces");
    }
    List<Extent> extents = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      extents.add(new Extent(decimalLine(read), decimalLine(read)));
    }
    int rest = (int) ((BLOCK - read[0] % BLOCK) % BLOCK);
    skip(rest);
    stored -= read[0] + rest;
    if (stored < 0) {
      throw new TarException("a sparse file's map is longer than its content");
    }
    return extents;
  }

  private long decimalLine(long[] read) throws IOException {
    long value = 0;
    for (int digits = 0; digits <= 18; digits++) {
      int c = in.read();
      read[0]++;
      if (c == '\n' && digits > 0) {
        return value;
      }
      if (c < '0' || c > '9') {
        break;
      }
      value = value * 10 + (c - '0');
    }
    throw new TarException("a sparse file's map is damaged");
  }

  private void checkExtents(List<Extent> extents, long logical) throws TarException {
    long end = 0;
    long sum = 0;
    for (Extent extent : extents) {
      if (extent.offset() < end
          || extent.length() < 0
          || extent.offset() > logical - extent.length()) {
        throw new TarException("a sparse file's map is not in order or goes beyond its size");
      }
      end = extent.offset() + extent.length();
      sum += extent.length();
    }
    if (!extents.isEmpty() && sum != stored) {
      throw new TarException("a sparse file's map and its content differ in size");
    }
    if (logical < 0 || stored < 0) {
      throw new TarException("a member declares a negative size");
    }
  }

  /** A numeric field: octal digits, or GNU's base 256 when its first bit is set. */
  private long number(int at, int length, String what) throws TarException {
    if ((block[at] & 0x80) != 0) {
      boolean negative = (block[at] & 0x40) != 0;
      long value = negative ? -1 : 0;
      for (int i = at; i < at + length; i++) {
        int octet = i == at ? (negative ? block[i] & 0xff : block[i] & 0x7f) : block[i] & 0xff;
        if (i < at + length - 8 && octet != (negative ? 0xff : 0)) {
          throw new TarException("a header's " + what + " is too large");
        }
        value = value << 8 | octet;
      }
      return value;
    }
    long value = 0;
    boolean digits = false;
    for (int i = at; i < at + length; i++) {
      int c = block[i];
      if (c >= '0' && c <= '7') {
        value = value * 8 + (c - '0');
        digits = true;
      } else if (c == 0 || c == ' ') {
        if (digits) {
          break;
        }
      } else {
        throw new TarException("a header's " + what + " is not a number");
      }
    }
    return value;
  }

  private byte[] field(int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, at, end);
  }

  private static byte[] untilNul(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return Arrays.copyOf(text, end);
  }

  /** {@code total} bytes are held with these. */
  private byte[] readWhole(long size, int most, long total) throws IOException {
    if (size < 0 || total > most) {
      throw new TarException("an extended header of " + total + " bytes is larger than " + most);
    }
    byte[] content = in.readNBytes((int) size);
    if (content.length < size) {
      throw new EOFException("the archive ends inside an extended header");
    }
    skip((int) ((BLOCK - size % BLOCK) % BLOCK));
    return content;
  }

  private void readFully(byte[] target) throws IOException {
    if (in.readNBytes(target, 0, target.length) < target.length) {
      throw new EOFException("the archive ends inside a header");
    }
  }

  private void skipContent() throws IOException {
    skip(stored);
    skip(padding);
    stored = 0;
    padding = 0;
  }

  private void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      int got = in.read(skipBuffer, 0, (int) Math.min(left, skipBuffer.length));
      if (got < 0) {
        throw new EOFException("the archive ends inside a file's content");
      }
      left -= got;
    }
  }
}

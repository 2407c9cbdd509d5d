package io.jcompose.image.tar;

import io.jcompose.image.tar.TarEntry.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an archive whose bytes depend on its members alone: ustar headers without user names, and
 * a pax header only for what ustar can't hold. The caller gives the members in the order that they
 * shall have.
 */
public final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final long LARGEST_OCTAL_ID = 07777777;
  private static final long LARGEST_OCTAL_SIZE = 077777777777L;
  private final OutputStream out;
  private long left;
  private int padding;

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins a member; {@link TarEntry#size} bytes are to follow by {@link #write}. */
  public void begin(TarEntry entry) throws IOException {
    begin(entry, header(entry));
  }

  /** Begins a member whose header is known. */
  public void begin(TarEntry entry, byte[] header) throws IOException {
    finishMember();
    out.write(header);
    left = entry.size();
    padding = (int) ((BLOCK - left % BLOCK) % BLOCK);
  }

  /** What {@link #begin} writes: all of a member but its content. */
  public static byte[] header(TarEntry entry) {
    Map<String, byte[]> pax = new TreeMap<>();
    entry.xattrs().forEach((name, value) -> pax.put("SCHILY.xattr." + name, value));
    byte[] prefix = new byte[0];
    byte[] name = entry.name();
    if (name.length > 100) {
      int slash = split(name);
      if (slash > 0) {
        prefix = Arrays.copyOf(name, slash);
        name = Arrays.copyOfRange(name, slash + 1, name.length);
      } else {
        pax.put("path", name);
      }
    }
    if (entry.linkName().length > 100) {
      pax.put("linkpath", entry.linkName());
    }
    number(pax, "uid", entry.uid(), LARGEST_OCTAL_ID);
    number(pax, "gid", entry.gid(), LARGEST_OCTAL_ID);
    number(pax, "size", entry.size(), LARGEST_OCTAL_SIZE);
    number(pax, "mtime", entry.mtimeSeconds(), LARGEST_OCTAL_SIZE);
    byte[] header = header(entry, (char) entry.type().flag, name, prefix, entry.size());
    if (pax.isEmpty()) {
      return header;
    }
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(paxHeader(pax));
    both.writeBytes(header);
    return both.toByteArray();
  }

  /** Writes content of the member begun last. */
  public void write(byte[] content, int length) throws IOException {
    if (length > left) {
      throw new IOException("more content than the member's header says");
    }
    out.write(content, 0, length);
    left -= length;
  }

  /** Begins a member and writes its whole content. */
  public void add(TarEntry entry, byte[] content) throws IOException {
    begin(entry);
    write(content, content.length);
  }

  /** Ends the archive; the stream stays the caller's. */
  @Override
  public void close() throws IOException {
    finishMember();
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  /** Ends the member begun last. */
  public void finishMember() throws IOException {
    if (left > 0) {
      throw new IOException("less content than the member's header says");
    }
    out.write(new byte[padding]);
    padding = 0;
  }

  private static void number(Map<String, byte[]> pax, String key, long value, long largest) {
    if (value < 0 || value > largest) {
      pax.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** The slash at which a long name falls into ustar's prefix (155) and name (100), or -1. */
  private static int split(byte[] name) {
    for (int i = Math.min(155, name.length - 2); i > 0; i--) {
      if (name[i] == '/' && name.length - i - 1 <= 100) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] paxHeader(Map<String, byte[]> records) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      byte[] key = record.getKey().getBytes(StandardCharsets.UTF_8);
      int rest = key.length + record.getValue().length + 3;
      int length = rest + Integer.toString(rest).length();
      length = rest + Integer.toString(length).length();
      content.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
      content.write(' ');
      content.writeBytes(key);
      content.write('=');
      content.writeBytes(record.getValue());
      content.write('\n');
    }
    TarEntry entry = TarEntry.of("PaxHeaders/entry", Type.FILE, 0644, content.size());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(header(entry, 'x', entry.name(), new byte[0], content.size()));
    whole.writeBytes(content.toByteArray());
    whole.writeBytes(new byte[(BLOCK - content.size() % BLOCK) % BLOCK]);
    return whole.toByteArray();
  }

  private static byte[] header(TarEntry entry, char flag, byte[] name, byte[] prefix, long size) {
    byte[] block = new byte[BLOCK];
    put(block, 0, 100, name);
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, inRange(entry.uid(), LARGEST_OCTAL_ID));
    octal(block, 116, 8, inRange(entry.gid(), LARGEST_OCTAL_ID));
    octal(block, 124, 12, inRange(size, LARGEST_OCTAL_SIZE));
    octal(block, 136, 12, inRange(entry.mtimeSeconds(), LARGEST_OCTAL_SIZE));
    Arrays.fill(block, 148, 156, (byte) ' ');
    block[156] = (byte) flag;
    put(block, 157, 100, entry.linkName());
    put(block, 257, 8, "ustar\00000".getBytes(StandardCharsets.ISO_8859_1));
    octal(block, 329, 8, entry.deviceMajor());
    octal(block, 337, 8, entry.deviceMinor());
    put(block, 345, 155, prefix);
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    return block;
  }

  /** ustar's field holds zero where the pax header has the true value. */
  private static long inRange(long value, long largest) {
    return value < 0 || value > largest ? 0 : value;
  }

  private static void put(byte[] block, int at, int length, byte[] text) {
    System.arraycopy(text, 0, block, at, Math.min(length, text.length));
  }

  private static void octal(byte[] block, int at, int length, long value) {
    String digits = Long.toOctalString(value);
    String field = "0".repeat(Math.max(0, length - 1 - digits.length())) + digits;
    put(block, at, length - 1, field.getBytes(StandardCharsets.US_ASCII));
    block[at + length - 1] = 0;
  }
}

package io.jcompose.network.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The body of a netlink message while it is written: a fixed header, then attributes (length, type,
 * value, padded to 4 bytes). rtnetlink speaks the machine's byte order, nfnetlink big endian: hence
 * u32 and be32.
 */
final class Attributes {
  private static final int NESTED = 0x8000;
  private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
  private final Deque<Integer> open = new ArrayDeque<>();

  /** Bytes as they are: the fixed header of the message family. */
  Attributes raw(byte[] header) {
    room(header.length).put(header);
    return pad();
  }

  Attributes put(int type, byte[] value) {
    room(value.length + 8).putShort((short) (4 + value.length)).putShort((short) type).put(value);
    return pad();
  }

  Attributes u8(int type, int value) {
    return put(type, new byte[] {(byte) value});
  }

  Attributes u16(int type, int value) {
    return put(
        type,
        ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort((short) value).array());
  }

  Attributes u32(int type, int value) {
    return put(type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  Attributes be16(int type, int value) {
    return put(type, ByteBuffer.allocate(2).putShort((short) value).array());
  }

  Attributes be32(int type, int value) {
    return put(type, ByteBuffer.allocate(4).putInt(value).array());
  }

  Attributes be64(int type, long value) {
    return put(type, ByteBuffer.allocate(8).putLong(value).array());
  }

  /** A string with its terminating zero. */
  Attributes text(int type, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return put(type, Arrays.copyOf(utf8, utf8.length + 1));
  }

  Attributes begin(int type) {
    room(8);
    open.push(bytes.position());
    bytes.putShort((short) 0).putShort((short) (type | NESTED));
    return this;
  }

  Attributes end() {
    int start = open.pop();
    bytes.putShort(start, (short) (bytes.position() - start));
    return this;
  }

  byte[] bytes() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("an attribute is still open");
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private ByteBuffer room(int length) {
    if (bytes.remaining() < length + 8) {
      ByteBuffer larger =
          ByteBuffer.allocate(2 * (bytes.position() + length + 8)).order(ByteOrder.nativeOrder());
      bytes = larger.put(bytes.flip());
    }
    return bytes;
  }

  private Attributes pad() {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }
}

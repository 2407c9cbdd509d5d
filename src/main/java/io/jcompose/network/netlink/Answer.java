package io.jcompose.network.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A message from the kernel; {@code port} is the socket that caused it, or 0. */
record Answer(int type, int flags, int sequence, int port, byte[] body) {
  /**
   * The attributes that begin {@code headerLength} bytes into the body, by type; the last of a type
   * wins.
   */
  Map<Integer, byte[]> attributes(int headerLength) {
    return attributes(body, headerLength);
  }

  static Map<Integer, byte[]> attributes(byte[] bytes, int from) {
    Map<Integer, byte[]> attributes = new TreeMap<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int at = (from + 3) & ~3;
    while (at + 4 <= bytes.length) {
      int length = buffer.getShort(at) & 0xffff;
      if (length < 4 || at + length > bytes.length) {
        break;
      }
      attributes.put(
          buffer.getShort(at + 2) & 0x3fff, Arrays.copyOfRange(bytes, at + 4, at + length));
      at += (length + 3) & ~3;
    }
    return attributes;
  }

  /** The values of a list whose attributes all have one type. */
  static List<byte[]> each(byte[] bytes) {
    List<byte[]> values = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int at = 0;
    while (at + 4 <= bytes.length) {
      int length = buffer.getShort(at) & 0xffff;
      if (length < 4 || at + length > bytes.length) {
        break;
      }
      values.add(Arrays.copyOfRange(bytes, at + 4, at + length));
      at += (length + 3) & ~3;
    }
    return values;
  }

  static int u32(byte[] value) {
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  static int be32(byte[] value) {
    return ByteBuffer.wrap(value).getInt();
  }

  static String text(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    return new String(value, 0, end, StandardCharsets.UTF_8);
  }

  int u8At(int offset) {
    return body[offset] & 0xff;
  }

  int u32At(int offset) {
    return ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt(offset);
  }
}

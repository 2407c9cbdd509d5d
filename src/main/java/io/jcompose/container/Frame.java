package io.jcompose.container;

import io.jcompose.linux.Fd;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A frame as src/main/c/README.md describes it, one a message.
 *
 * @param payload positioned at its start
 * @param fds descriptors that came with it; the receiver's to close
 */
record Frame(int type, int tag, ByteBuffer payload, List<Fd> fds) {
  static final int MAX = 12 + 64 * 1024;
  private static final int HEADER = 12;
  private static final int VERSION = 1;

  static byte[] encode(int type, int tag, byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(payload.length)
        .putShort((short) type)
        .putShort((short) VERSION)
        .putInt(tag)
        .put(payload)
        .array();
  }

  /** Throws {@link BufferUnderflowException} or IllegalArgumentException when {@code data} is no frame. */
  static Frame decode(byte[] data, List<Fd> fds) {
    ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    int length = buffer.getInt();
    int type = buffer.getShort() & 0xffff;
    buffer.getShort();
    int tag = buffer.getInt();
    if (length != buffer.remaining()) {
      throw new IllegalArgumentException("a frame of " + length + " bytes has " + buffer.remaining());
    }
    return new Frame(type, tag, buffer, fds);
  }

  String string() {
    byte[] bytes = new byte[payload.getInt()];
    payload.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Builds a payload. */
  static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer u8(int value) {
      out.write(value);
      return this;
    }

    Writer u16(int value) {
      return u8(value & 0xff).u8(value >> 8 & 0xff);
    }

    Writer u32(int value) {
      return u16(value & 0xffff).u16(value >>> 16);
    }

    Writer u64(long value) {
      return u32((int) value).u32((int) (value >>> 32));
    }

    Writer string(String value) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      u32(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}

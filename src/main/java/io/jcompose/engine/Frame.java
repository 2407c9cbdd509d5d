package io.jcompose.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One frame between client and engine; src/main/c/README.md has the layout, client.md the types. */
record Frame(int type, int version, byte[] payload) {
  static final int HEADER = 12;
  static final int VERSION = 1;
  static final int MAX_PAYLOAD = 4 << 20;

  static final int INVOKE = 0x01;
  static final int STDIN = 0x02;
  static final int STDIN_EOF = 0x03;
  static final int RESIZE = 0x04;
  static final int SIGNAL = 0x05;
  static final int ACCEPTED = 0x80;
  static final int OUT = 0x81;
  static final int ERR = 0x82;
  static final int INPUT = 0x83;
  static final int EXIT = 0x84;
  static final int REFUSED = 0x85;
  static final int RESUMABLE = 0x87;
  static final int SHOWN = 0x88;
  static final int STOPPED = 0x89;

  static byte[] encode(int type, byte[] payload, int offset, int length) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(length).putShort((short) type).putShort((short) VERSION).putInt(0);
    frame.put(payload, offset, length);
    return frame.array();
  }

  ByteBuffer reader() {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads a string of the protocol: u32 length, then the bytes. */
  static String string(ByteBuffer from) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("string of " + length + " bytes in a frame");
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static List<String> strings(ByteBuffer from) {
    int count = from.getInt();
    if (count < 0 || count > from.remaining() / 4) {
      throw new IllegalArgumentException(count + " strings in a frame");
    }
    List<String> result = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      result.add(string(from));
    }
    return result;
  }

  /** A SHOWN frame: {@link Continuation#show}. */
  static byte[] shown(int descriptor, byte[] bytes, int offset, int length, int key, byte[] part) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + 9 + part.length + length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(frame.capacity() - HEADER).putShort((short) SHOWN).putShort((short) VERSION).putInt(0);
    frame.put((byte) descriptor).putInt(key).putInt(part.length).put(part).put(bytes, offset, length);
    return frame.array();
  }

  /** Reads what a client kept: u32 count, then u32 keys, each with its string. */
  static Map<Integer, String> parts(ByteBuffer from) {
    int count = from.getInt();
    if (count < 0 || count > from.remaining() / 8) {
      throw new IllegalArgumentException(count + " parts in a frame");
    }
    Map<Integer, String> parts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      parts.put(from.getInt(), string(from));
    }
    return parts;
  }

  static byte[] refusal(int reason, String message) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer payload = ByteBuffer.allocate(5 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    payload.put((byte) reason).putInt(text.length).put(text);
    return encode(REFUSED, payload.array(), 0, payload.capacity());
  }

  /** Collects the bytes of a stream into frames. */
  static final class Assembler {
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    void add(byte[] bytes, int length) {
      pending.write(bytes, 0, length);
    }

    /** The next whole frame, or null; throws when the stream breaks the protocol. */
    Frame next() {
      byte[] bytes = pending.toByteArray();
      if (bytes.length < HEADER) {
        return null;
      }
      ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int length = header.getInt();
      if (length < 0 || length > MAX_PAYLOAD) {
        throw new IllegalArgumentException("frame of " + length + " bytes");
      }
      if (bytes.length < HEADER + length) {
        return null;
      }
      int type = header.getShort() & 0xffff;
      int version = header.getShort() & 0xffff;
      byte[] payload = java.util.Arrays.copyOfRange(bytes, HEADER, HEADER + length);
      pending.reset();
      pending.write(bytes, HEADER + length, bytes.length - HEADER - length);
      return new Frame(type, version, payload);
    }
  }
}

package io.jcompose.build;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** SSH's strings: their length in four bytes, then they themselves (RFC 4251, section 5). */
final class SshWire {
  private SshWire() {}

  /** The next string; one that is longer than what is left is an underflow. */
  static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  static byte[] strings(byte[]... all) {
    int size = 0;
    for (byte[] each : all) {
      size += 4 + each.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (byte[] each : all) {
      out.putInt(each.length).put(each);
    }
    return out.array();
  }
}

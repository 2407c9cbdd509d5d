package io.jcompose.container.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a classic BPF program on a struct seccomp_data, as the kernel does; strict about what it meets. */
final class BpfMachine {
  private final ByteBuffer program;

  BpfMachine(byte[] program) {
    this.program = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
  }

  int length() {
    return program.limit() / 8;
  }

  int run(int number, int architecture, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    data.putInt(0, number).putInt(4, architecture);
    for (int i = 0; i < arguments.length; i++) {
      data.putLong(16 + 8 * i, arguments[i]);
    }
    int accumulator = 0;
    int at = 0;
    while (true) {
      int code = program.getShort(8 * at) & 0xffff;
      int jumpTrue = program.get(8 * at + 2) & 0xff;
      int jumpFalse = program.get(8 * at + 3) & 0xff;
      int k = program.getInt(8 * at + 4);
      at++;
      switch (code) {
        case 0x20 -> accumulator = data.getInt(k);
        case 0x54 -> accumulator &= k;
        case 0x05 -> at += k;
        case 0x15 -> at += accumulator == k ? jumpTrue : jumpFalse;
        case 0x25 -> at += Integer.compareUnsigned(accumulator, k) > 0 ? jumpTrue : jumpFalse;
        case 0x35 -> at += Integer.compareUnsigned(accumulator, k) >= 0 ? jumpTrue : jumpFalse;
        case 0x06 -> {
          return k;
        }
        default -> throw new AssertionError("instruction " + Integer.toHexString(code));
      }
    }
  }
}

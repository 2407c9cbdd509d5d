package io.jcompose.image.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether a program runs without a dynamic loader: an ELF file without PT_INTERP (elf(5)).
 */
final class StaticBinary {
  private static final int PT_INTERP = 3;

  private StaticBinary() {}

  static boolean is(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < 64) {
      return false;
    }
    ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    boolean elf64 = elf.getInt(0) == 0x464c457f && elf.get(4) == 2;
    if (!elf64) {
      return false;
    }
    long table = elf.getLong(32);
    int size = elf.getShort(54) & 0xffff;
    int count = elf.getShort(56) & 0xffff;
    for (int i = 0; i < count; i++) {
      if (elf.getInt((int) table + i * size) == PT_INTERP) {
        return false;
      }
    }
    return true;
  }
}

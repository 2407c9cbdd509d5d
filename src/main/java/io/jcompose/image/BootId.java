package io.jcompose.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether the machine was started anew since a store was used last (random(4), boot_id). */
final class BootId {
  private static final Path CURRENT = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /**
   * Whether {@code file} holds another boot's id; one that is not there holds none, and nothing
   * changed.
   */
  static boolean changedSince(Path file) throws IOException {
    return Files.exists(file) && !Files.readString(file).equals(Files.readString(CURRENT));
  }

  static void write(Path file) throws IOException {
    Files.writeString(file, Files.readString(CURRENT));
  }
}

package io.jcompose.cli;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names that nobody else has. */
final class HexText {
  private HexText() {}

  /** Twice as many hexadecimal digits. */
  static String random(int bytes) {
    byte[] drawn = new byte[bytes];
    RandomGenerator.of("SecureRandom").nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}

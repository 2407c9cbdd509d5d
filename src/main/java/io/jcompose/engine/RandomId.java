package io.jcompose.engine;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names that nobody else has. */
public final class RandomId {
  private static final int ID_BYTES = 32;

  private RandomId() {}

  /** 64 hexadecimal digits, as ids have them. */
  public static String next() {
    return next(ID_BYTES);
  }

  /** Twice as many hexadecimal digits as {@code bytes}. */
  public static String next(int bytes) {
    byte[] drawn = new byte[bytes];
    RandomGenerator.of("SecureRandom").nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}

package io.jcompose.engine;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names that nobody else has. */
public final class RandomId {
  private static final int ID_BYTES = 32;
  private static final int HOST_NAME = 12;

  private RandomId() {}

  /** 64 hexadecimal digits, as ids have them. */
  public static String next() {
    return next(RandomGenerator.of("SecureRandom"));
  }

  /** The first twelve are a container's host name: with decimal digits alone, they would be taken for an address. */
  static String next(RandomGenerator random) {
    String id = drawn(ID_BYTES, random);
    while (id.chars().limit(HOST_NAME).allMatch(Character::isDigit)) {
      id = drawn(ID_BYTES, random);
    }
    return id;
  }

  /** Twice as many hexadecimal digits as {@code bytes}. */
  public static String next(int bytes) {
    return drawn(bytes, RandomGenerator.of("SecureRandom"));
  }

  private static String drawn(int bytes, RandomGenerator random) {
    byte[] drawn = new byte[bytes];
    random.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}

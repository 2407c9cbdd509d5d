package io.jcompose.network.dns;

import java.util.Arrays;
import java.util.Optional;

/** A range of addresses, asked for by reverse names. */
record Subnet(byte[] base, int prefixLength) {
  private static final String V4 = ".in-addr.arpa";
  private static final String V6 = ".ip6.arpa";

  /** Whether a reverse name is that of an address, or of a whole range, inside. */
  boolean covers(String reverseName) {
    boolean v4 = base.length == 4;
    return reverseName.endsWith(v4 ? V4 : V6)
        && prefix(reverseName).filter(this::holds).isPresent();
  }

  /** The leading bits that a reverse name gives: the bytes, of which {@code bits} count. */
  private record Prefix(byte[] bytes, int bits) {}

  private boolean holds(Prefix prefix) {
    if (prefix.bits() < prefixLength) {
      return false;
    }
    int whole = prefixLength / 8;
    if (!Arrays.equals(base, 0, whole, prefix.bytes(), 0, whole)) {
      return false;
    }
    int rest = prefixLength % 8;
    return rest == 0 || ((base[whole] ^ prefix.bytes()[whole]) & 0xff) >> (8 - rest) == 0;
  }

  private Optional<Prefix> prefix(String name) {
    boolean v4 = base.length == 4;
    String[] parts = name.substring(0, name.length() - (v4 ? V4 : V6).length()).split("\\.", -1);
    int width = v4 ? 8 : 4;
    byte[] bytes = new byte[base.length];
    if (parts.length * width > bytes.length * 8) {
      return Optional.empty();
    }
    for (int i = 0; i < parts.length; i++) {
      String part = parts[parts.length - 1 - i];
      int value = number(part, v4 ? 10 : 16);
      if (value < 0 || value >= 1 << width) {
        return Optional.empty();
      }
      bytes[i * width / 8] |= (byte) (v4 || i % 2 == 1 ? value : value << 4);
    }
    return Optional.of(new Prefix(bytes, parts.length * width));
  }

  private static int number(String digits, int radix) {
    if (digits.isEmpty() || digits.length() > 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }
}

package io.jcompose.network.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Domain names as keys: labels in lower case joined by dots, each character one byte of the name.
 * Upper and lower case are the same in ASCII alone (RFC 4343).
 */
final class Names {
  static final int MAX_LABEL = 63;

  /** The longest name on the wire, its root label included (RFC 1035 §2.3.4). */
  static final int MAX_NAME = 255;

  /** Stands for a dot inside a label: no configured name can hold it. */
  private static final char DOT_IN_LABEL = '\u0100';

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private Names() {}

  /** The key of a name as people write it. */
  static String key(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int length =
        bytes.length > 1 && bytes[bytes.length - 1] == '.' ? bytes.length - 1 : bytes.length;
    for (int i = 0; i < length; i++) {
      bytes[i] = lower(bytes[i]);
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * The key of the labels at {@code from}, without compression, up to the root label at {@code
   * end}.
   */
  static String key(byte[] packet, int from, int end) {
    if (from == end) {
      return "";
    }
    byte[] key = new byte[end - from - 1];
    int at = from;
    int to = 0;
    boolean dots = false;
    while (at < end) {
      int length = packet[at++];
      if (to > 0) {
        key[to++] = '.';
      }
      for (int i = 0; i < length; i++) {
        byte b = lower(packet[at++]);
        dots |= b == '.';
        key[to++] = b;
      }
    }
    return dots
        ? withDotsInLabels(packet, from, end)
        : new String(key, StandardCharsets.ISO_8859_1);
  }

  private static String withDotsInLabels(byte[] packet, int from, int end) {
    StringBuilder key = new StringBuilder();
    int at = from;
    while (at < end) {
      int length = packet[at++];
      if (at > from + 1) {
        key.append('.');
      }
      for (int i = 0; i < length; i++) {
        char c = (char) (lower(packet[at++]) & 0xff);
        key.append(c == '.' ? DOT_IN_LABEL : c);
      }
    }
    return key.toString();
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
  }

  /**
   * The name on the wire, case kept; empty if it is no domain name (a label too long, or empty).
   */
  static Optional<byte[]> wire(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
      if (bytes.length == 0 || bytes.length > MAX_LABEL) {
        return Optional.empty();
      }
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    out.write(0);
    return out.size() <= MAX_NAME ? Optional.of(out.toByteArray()) : Optional.empty();
  }

  /** The key under which the reverse of an address is asked for (RFC 1035 §3.5, RFC 3596 §2.5). */
  static String reverse(byte[] address) {
    StringBuilder key = new StringBuilder();
    if (address.length == 4) {
      for (int i = 3; i >= 0; i--) {
        key.append(address[i] & 0xff).append('.');
      }
      return key.append("in-addr.arpa").toString();
    }
    for (int i = address.length - 1; i >= 0; i--) {
      key.append(HEX[address[i] & 0xf]).append('.').append(HEX[address[i] >> 4 & 0xf]).append('.');
    }
    return key.append("ip6.arpa").toString();
  }
}

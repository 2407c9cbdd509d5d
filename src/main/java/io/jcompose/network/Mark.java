package io.jcompose.network;

import io.jcompose.network.firewall.Firewall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The sign that whatever one engine makes in the kernel carries in its name, so that cleaning up is
 * a scan.
 *
 * @param value six hexadecimal digits: a short hash of the engine's root
 */
public record Mark(String value) {
  public Mark {
    if (!value.matches("[0-9a-f]{6}")) {
      throw new IllegalArgumentException("a mark is six hexadecimal digits: " + value);
    }
  }

  /** The mark of the engine whose data lie in {@code root}. */
  public static Mark of(Path root) {
    try {
      byte[] path = root.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(path);
      return new Mark(HexFormat.of().formatHex(hash, 0, 3));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the names of all our links begin with. */
  public String linkPrefix() {
    return "jc" + value;
  }

  /**
   * The group that our bridges are in (linux/if_link.h, IFLA_GROUP): theirs alone on this host, whatever
   * name the user gave them. The first byte is that of every jcompose.
   */
  int linkGroup() {
    return Firewall.BRIDGES_OF_ANY | Integer.parseInt(value, 16);
  }

  /** What the names of our internal networks' bridges begin with; the firewall goes by it. */
  public String internalPrefix() {
    return linkPrefix() + "i";
  }

  String bridge(boolean internal) {
    return (internal ? internalPrefix() : linkPrefix() + "b") + random();
  }

  String veth() {
    return linkPrefix() + "v" + random();
  }

  /** The name of our nftables table. */
  public String table() {
    return "jcompose-" + value;
  }

  /** Six hexadecimal digits: with the prefix, the 15 bytes that a link's name may have. */
  private static String random() {
    return String.format(Locale.ROOT, "%06x", RandomGenerator.getDefault().nextInt(1 << 24));
  }
}

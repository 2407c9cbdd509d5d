package io.jcompose.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest, the only algorithm that the store knows. Store paths derive from {@link #hex}
 * alone, which is always 64 lower-case hexadecimal digits.
 */
public record Digest(String hex) implements Comparable<Digest> {
  private static final Pattern HEX = Pattern.compile("[a-f0-9]{64}");
  private static final String ALGORITHM = "sha256:";

  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new ImageException("not a SHA-256 digest: \"" + Printable.text(hex) + "\"");
    }
  }

  /** Parses {@code sha256:<64 hex digits>}, the form of the OCI image specification. */
  public static Digest parse(String text) {
    if (!text.startsWith(ALGORITHM)) {
      throw new ImageException(
          "unsupported digest \"" + Printable.text(text) + "\": only sha256:<64 hex digits> is");
    }
    return new Digest(text.substring(ALGORITHM.length()));
  }

  public static Digest of(byte[] content) {
    return finish(sha256(), content);
  }

  /** A fresh SHA-256, for content that streams by. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Another hash that has seen the same. */
  public static MessageDigest copy(MessageDigest hash) {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  /** The digest of what {@code hash} has seen; resets it. */
  public static Digest finish(MessageDigest hash) {
    return new Digest(HexFormat.of().formatHex(hash.digest()));
  }

  private static Digest finish(MessageDigest hash, byte[] last) {
    return new Digest(HexFormat.of().formatHex(hash.digest(last)));
  }

  /** The first 12 digits, as people write image ids. */
  public String shortHex() {
    return hex.substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return ALGORITHM + hex;
  }
}

package io.jcompose.build;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * A private key as ssh-keygen writes it (OpenSSH, PROTOCOL.key), without a passphrase. It signs as
 * RFC 4253, 5656, 8332 and 8709 say.
 *
 * @param type such as {@code ssh-ed25519}
 * @param publicKey in SSH's wire format
 */
record SshKey(String type, byte[] publicKey, String comment, PrivateKey secret) {
  private static final int LARGEST_FILE = 1 << 16;
  private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
  private static final String END = "-----END OPENSSH PRIVATE KEY-----";
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ED25519_SEED = 32;
  private static final int RSA_SHA2_256 = 2;
  private static final int RSA_SHA2_512 = 4;

  /** SSH's names of curves → Java's, and the hash that goes with each (RFC 5656, 6.2.1). */
  private static final Map<String, String> CURVES =
      Map.of("nistp256", "secp256r1", "nistp384", "secp384r1", "nistp521", "secp521r1");

  private static final Map<String, String> CURVE_HASHES =
      Map.of("nistp256", "SHA256", "nistp384", "SHA384", "nistp521", "SHA512");

  /** Reads a key's file; what is no such key is an error that says what to do. */
  static SshKey read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new BuildException("the SSH key " + file + " is larger than 64 KiB");
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      int begin = text.indexOf(BEGIN);
      int end = text.indexOf(END);
      if (begin < 0 || end < begin) {
        throw new BuildException(
            file + " is no private key in OpenSSH's format; \"ssh-keygen -p -f " + file
                + "\" rewrites an older one, or give it to an agent with ssh-add");
      }
      return parse(file, ByteBuffer.wrap(Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end))));
    } catch (IOException e) {
      throw new BuildException("the SSH key " + file + " can't be read: " + e.getMessage(), e);
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | ArithmeticException
        | GeneralSecurityException e) {
      throw new BuildException("the SSH key " + file + " is damaged", e);
    }
  }

  private static SshKey parse(Path file, ByteBuffer all) throws GeneralSecurityException {
    byte[] magic = new byte[MAGIC.length];
    all.get(magic);
    String cipher = text(all);
    bytes(all); // the function that makes a cipher's key of a passphrase
    bytes(all); // and its options
    if (!Arrays.equals(magic, MAGIC) || all.getInt() != 1) {
      throw new IllegalArgumentException("not one key");
    }
    if (!cipher.equals("none")) {
      throw new BuildException(
          "the SSH key " + file + " has a passphrase; give it to an agent with \"ssh-add " + file
              + "\", and the build the agent: --ssh default");
    }
    byte[] publicKey = bytes(all);
    ByteBuffer secret = ByteBuffer.wrap(bytes(all));
    if (secret.getInt() != secret.getInt()) {
      throw new IllegalArgumentException("the check numbers differ");
    }
    String type = text(secret);
    PrivateKey key =
        switch (type) {
          case "ssh-ed25519" -> ed25519(secret);
          case "ssh-rsa" -> rsa(secret);
          default -> {
            if (!type.startsWith("ecdsa-sha2-")) {
              throw new BuildException("the SSH key " + file + " is of the type " + type + ", which can't be used here");
            }
            yield ecdsa(secret);
          }
        };
    return new SshKey(type, publicKey, text(secret), key);
  }

  private static PrivateKey ed25519(ByteBuffer in) throws GeneralSecurityException {
    bytes(in); // the public half
    byte[] both = bytes(in);
    if (both.length != 2 * ED25519_SEED) {
      throw new IllegalArgumentException("a seed and a public half of " + both.length + " bytes");
    }
    byte[] seed = Arrays.copyOf(both, ED25519_SEED);
    return KeyFactory.getInstance("Ed25519").generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
  }

  private static PrivateKey rsa(ByteBuffer in) throws GeneralSecurityException {
    BigInteger n = number(in);
    BigInteger e = number(in);
    BigInteger d = number(in);
    BigInteger coefficient = number(in);
    BigInteger p = number(in);
    BigInteger q = number(in);
    BigInteger one = BigInteger.ONE;
    return KeyFactory.getInstance("RSA")
        .generatePrivate(
            new RSAPrivateCrtKeySpec(n, e, d, p, q, d.mod(p.subtract(one)), d.mod(q.subtract(one)), coefficient));
  }

  private static PrivateKey ecdsa(ByteBuffer in) throws GeneralSecurityException {
    String curve = CURVES.getOrDefault(text(in), "");
    bytes(in); // the public point
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    return KeyFactory.getInstance("EC")
        .generatePrivate(new ECPrivateKeySpec(number(in), parameters.getParameterSpec(ECParameterSpec.class)));
  }

  /** The signature of {@code data} in SSH's wire format; {@code flags} choose the hash of an RSA key. */
  byte[] sign(byte[] data, int flags) throws GeneralSecurityException {
    String name = type;
    String algorithm;
    if (type.equals("ssh-ed25519")) {
      algorithm = "Ed25519";
    } else if (type.equals("ssh-rsa")) {
      boolean sha512 = (flags & RSA_SHA2_512) != 0;
      boolean sha256 = (flags & RSA_SHA2_256) != 0;
      name = sha512 ? "rsa-sha2-512" : sha256 ? "rsa-sha2-256" : type;
      algorithm = (sha512 ? "SHA512" : sha256 ? "SHA256" : "SHA1") + "withRSA";
    } else {
      algorithm = CURVE_HASHES.get(type.substring(type.lastIndexOf('-') + 1)) + "withECDSAinP1363Format";
    }
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(secret);
    signature.update(data);
    byte[] raw = signature.sign();
    return SshWire.strings(name.getBytes(StandardCharsets.US_ASCII), type.startsWith("ecdsa") ? twoNumbers(raw) : raw);
  }

  private static byte[] twoNumbers(byte[] both) {
    int half = both.length / 2;
    return SshWire.strings(
        new BigInteger(1, Arrays.copyOf(both, half)).toByteArray(),
        new BigInteger(1, Arrays.copyOfRange(both, half, both.length)).toByteArray());
  }

  private static byte[] bytes(ByteBuffer in) {
    return SshWire.bytes(in);
  }

  private static String text(ByteBuffer in) {
    return new String(SshWire.bytes(in), StandardCharsets.UTF_8);
  }

  private static BigInteger number(ByteBuffer in) {
    return new BigInteger(SshWire.bytes(in));
  }
}

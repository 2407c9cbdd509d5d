package io.jcompose.engine;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;

/** Finds the keys that leave a container to itself in what is typed; bytes that may begin them are held back. */
final class DetachKeys {
  static final String DEFAULT = "ctrl-p,ctrl-q";
  private final byte[] sequence;
  private int matched;

  private DetachKeys(byte[] sequence) {
    this.sequence = sequence;
  }

  /**
   * Reads keys as Docker's tools write them: {@code ctrl-p,ctrl-q}; empty: none.
   *
   * @throws EngineException when a part of it is no key
   */
  static DetachKeys parse(String text) {
    if (text.isEmpty()) {
      return new DetachKeys(new byte[0]);
    }
    String[] parts = text.split(",", -1);
    byte[] sequence = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      sequence[i] = key(parts[i], text);
    }
    return new DetachKeys(sequence);
  }

  private static byte key(String part, String whole) {
    if (part.length() == 1) {
      return (byte) part.charAt(0);
    }
    String control = part.toLowerCase(Locale.ROOT);
    if (control.matches("ctrl-[a-z@\\[\\\\\\]^_]")) {
      return (byte) (control.charAt(control.length() - 1) & 0x1f);
    }
    throw new EngineException(
        "--detach-keys " + whole + ": \"" + part + "\" is no key; write a character, or ctrl- and one of a–z @ [ \\ ] ^ _");
  }

  /** What of these bytes is for the container; {@link #complete} tells whether the keys were among them. */
  byte[] pass(byte[] typed, int length) {
    if (sequence.length == 0) {
      return Arrays.copyOf(typed, length);
    }
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (int i = 0; i < length && !complete(); i++) {
      if (typed[i] != sequence[matched] && matched > 0) {
        passed.write(sequence, 0, matched);
        matched = 0;
      }
      if (typed[i] == sequence[matched]) {
        matched++;
      } else {
        passed.write(typed[i]);
      }
    }
    return passed.toByteArray();
  }

  boolean complete() {
    return sequence.length > 0 && matched == sequence.length;
  }
}

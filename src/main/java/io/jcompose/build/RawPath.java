package io.jcompose.build;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * File names inside this package: the kernel's bytes as a text of one character for each byte, so
 * that no name is damaged, and patterns converted likewise still match.
 */
final class RawPath {
  private RawPath() {}

  static String of(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  /** A text from a Dockerfile or an ignore file, as the kernel would have it. */
  static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bytes(String raw) {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** For messages. */
  static String shown(String raw) {
    String text = new String(bytes(raw), StandardCharsets.UTF_8);
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              if (Character.isISOControl(point)) {
                safe.append(String.format("\\x%02x", point));
              } else {
                safe.appendCodePoint(point);
              }
            });
    return safe.toString();
  }

  /**
   * Go's filepath.Clean without a leading slash: no empty parts, no dots; {@code ..} stops at the
   * root.
   */
  static String clean(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  static String join(String parent, String child) {
    return parent.isEmpty() ? child : child.isEmpty() ? parent : parent + "/" + child;
  }

  static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}

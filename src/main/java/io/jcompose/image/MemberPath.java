package io.jcompose.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The path of an archive's member in a clean form: relative, without empty parts and dots. A part
 * {@code ..} is refused: no honest archive has one.
 */
record MemberPath(byte[] parent, byte[] base) {
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_PATH = 4095;

  static MemberPath of(byte[] name) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= name.length; i++) {
      if (i < name.length && name[i] != '/') {
        continue;
      }
      byte[] part = Arrays.copyOfRange(name, start, i);
      start = i + 1;
      if (part.length == 0 || part.length == 1 && part[0] == '.') {
        continue;
      }
      if (!isPlainName(part)) {
        throw new ImageException(
            "the layer has an entry with an unsafe path: \"" + printable(name) + "\"");
      }
      parts.add(part);
    }
    if (name.length > LONGEST_PATH) {
      throw new ImageException("the layer has an entry with a path of " + name.length + " bytes");
    }
    if (parts.isEmpty()) {
      return new MemberPath(new byte[0], new byte[0]);
    }
    return new MemberPath(join(parts.subList(0, parts.size() - 1)), parts.getLast());
  }

  /** One path component that names an entry of a directory. */
  static boolean isPlainName(byte[] part) {
    boolean dots =
        part.length == 1 && part[0] == '.' || part.length == 2 && part[0] == '.' && part[1] == '.';
    boolean plain = part.length > 0 && part.length <= LONGEST_NAME && !dots;
    for (byte b : part) {
      plain &= b != '/' && b != 0;
    }
    return plain;
  }

  private static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      if (path.size() > 0) {
        path.write('/');
      }
      path.writeBytes(part);
    }
    return path.toByteArray();
  }

  boolean isRoot() {
    return base.length == 0;
  }

  byte[] bytes() {
    return parent.length == 0 ? base : join(List.of(parent, base));
  }

  byte[] parentOrDot() {
    return parent.length == 0 ? new byte[] {'.'} : parent;
  }

  static String printable(byte[] name) {
    return Printable.text(new String(name, StandardCharsets.UTF_8));
  }
}

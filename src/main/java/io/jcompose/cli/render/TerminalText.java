package io.jcompose.cli.render;

import java.io.ByteArrayOutputStream;

/** A container's output made harmless for a terminal: colours stay, everything else that steers it goes. */
final class TerminalText {
  private static final int ESC = 0x1b;

  private TerminalText() {}

  static boolean hasEscape(byte[] text) {
    for (byte b : text) {
      if (b == ESC) {
        return true;
      }
    }
    return false;
  }

  /** Keeps text, tabs and SGR sequences (ECMA-48 CSI … m); drops other controls, OSC and C1 in UTF-8. */
  static byte[] safe(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    int i = 0;
    while (i < text.length) {
      int b = text[i] & 0xff;
      if (b == ESC) {
        int end = sequenceEnd(text, i);
        if (isColour(text, i, end)) {
          out.write(text, i, end - i);
        }
        i = end;
      } else if (b == 0xc2 && i + 1 < text.length && (text[i + 1] & 0xff) < 0xa0) {
        i += 2;
      } else {
        if (b == '\t' || b >= 0x20 && b != 0x7f) {
          out.write(b);
        }
        i++;
      }
    }
    return out.toByteArray();
  }

  /**
   * CSI, numbers, m. Anything else between, a control character above all, would be obeyed by the terminal;
   * a private marker makes it another command.
   */
  private static boolean isColour(byte[] text, int start, int end) {
    if (end < start + 3 || text[start + 1] != '[' || text[end - 1] != 'm') {
      return false;
    }
    for (int i = start + 2; i < end - 1; i++) {
      if (!(text[i] >= '0' && text[i] <= ';')) {
        return false;
      }
    }
    return true;
  }

  private static int sequenceEnd(byte[] text, int start) {
    if (start + 1 >= text.length) {
      return text.length;
    }
    int kind = text[start + 1];
    int i = start + 2;
    if (kind == '[') {
      while (i < text.length && (text[i] < 0x40 || text[i] > 0x7e)) {
        i++;
      }
      return Math.min(text.length, i + 1);
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
      while (i < text.length && text[i] != 7 && !(text[i] == '\\' && text[i - 1] == ESC)) {
        i++;
      }
      return Math.min(text.length, i + 1);
    }
    return i;
  }
}

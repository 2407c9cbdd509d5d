package io.jcompose.cli.render;

/** Text from outside (names, labels, messages) made safe to show on a terminal. */
public final class Printable {
  private Printable() {}

  /** As {@link #line}, for text that has lines of its own: their ends and tabs are kept. */
  public static String lines(String text) {
    StringBuilder safe = new StringBuilder();
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '\n' || text.charAt(i) == '\t') {
        safe.append(line(text.substring(from, i)));
        safe.append(i < text.length() ? text.substring(i, i + 1) : "");
        from = i + 1;
      }
    }
    return safe.toString();
  }

  /** The text with every control character escaped, so that it stays on its line and moves no cursor. */
  public static String line(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = c < 0x20 || c >= 0x7f && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
      if (control && safe == null) {
        safe = new StringBuilder(text.substring(0, i));
      }
      if (safe != null) {
        safe.append(control ? escape(c) : String.valueOf(c));
      }
    }
    return safe == null ? text : safe.toString();
  }

  private static String escape(char c) {
    return c == '\n' ? "\\n" : c == '\t' ? "\\t" : c < 0x100 ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c);
  }
}

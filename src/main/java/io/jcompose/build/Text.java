package io.jcompose.build;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a Dockerfile that knows for each of its characters where it stands. Lines may have
 * been joined.
 */
final class Text {
  private final Source source;
  private final String value;
  private final int[] lines;
  private final int[] columns;
  private final int from;

  Text(Source source, String value, int[] lines, int[] columns) {
    this(source, value, lines, columns, 0);
  }

  private Text(Source source, String value, int[] lines, int[] columns, int from) {
    this.source = source;
    this.value = value;
    this.lines = lines;
    this.columns = columns;
    this.from = from;
  }

  String value() {
    return value;
  }

  boolean isEmpty() {
    return value.isEmpty();
  }

  Source source() {
    return source;
  }

  int line() {
    return lines.length == 0 ? 1 : lines[Math.min(from, lines.length - 1)];
  }

  private int column() {
    if (lines.length == 0) {
      return 1;
    }
    return from < lines.length ? columns[from] : columns[lines.length - 1] + 1;
  }

  /** All lines that the instruction stands on which this is a piece of, but for here-documents. */
  LineRange instructionLines() {
    return lines.length == 0 ? new LineRange(1, 1) : new LineRange(lines[0], lines[lines.length - 1]);
  }

  BuildException error(String message) {
    return source.error(line(), column(), message);
  }

  /** {@code file:line}, for warnings and failed steps. */
  String place() {
    return source.name() + ":" + line();
  }

  Text substring(int start, int end) {
    return new Text(source, value.substring(start, end), lines, columns, from + start);
  }

  Text substring(int start) {
    return substring(start, value.length());
  }

  /** Another text at this place, which its errors point to. */
  Text replaced(String other) {
    int[] sameLine = new int[other.length()];
    int[] sameColumn = new int[other.length()];
    java.util.Arrays.fill(sameLine, line());
    java.util.Arrays.fill(sameColumn, column());
    return new Text(source, other, sameLine, sameColumn, 0);
  }

  Text strip() {
    int start = 0;
    int end = value.length();
    while (start < end && Character.isWhitespace(value.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(value.charAt(end - 1))) {
      end--;
    }
    return substring(start, end);
  }

  /** Words between white space; quotes and escapes mean nothing. */
  List<Text> words() {
    return split(false, '\\');
  }

  /**
   * Words between white space that is neither quoted nor escaped; quotes and escapes stay in the
   * words.
   */
  List<Text> quotedWords(char escape) {
    return split(true, escape);
  }

  private List<Text> split(boolean quotes, char escape) {
    List<Text> words = new ArrayList<>();
    int start = -1;
    char quote = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean blank = quote == 0 && Character.isWhitespace(c);
      if (blank && start >= 0) {
        words.add(substring(start, i));
        start = -1;
      } else if (!blank && start < 0) {
        start = i;
      }
      if (quotes && c == escape && quote != '\'' && i + 1 < value.length()) {
        i++;
      } else if (quotes && quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quotes && c == quote) {
        quote = 0;
      }
    }
    if (start >= 0) {
      words.add(substring(start));
    }
    return words;
  }

  @Override
  public String toString() {
    return value;
  }
}

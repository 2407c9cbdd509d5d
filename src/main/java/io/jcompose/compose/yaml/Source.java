package io.jcompose.compose.yaml;

import java.nio.file.Path;

/**
 * A file that was read, kept so that errors can show its lines.
 *
 * @param path absolute
 * @param shown the name as errors show it
 * @param text the content
 */
public record Source(Path path, String shown, String text) {

  private static final int LONGEST_LINE = 4096;

  /**
   * The text of a line, counted from 1, without its end; empty when there is no such line, and no
   * more than the beginning of a very long one.
   */
  String line(int number) {
    int start = 0;
    for (int n = 1; n < number; n++) {
      start = text.indexOf('\n', start) + 1;
      if (start == 0) {
        return "";
      }
    }
    int end = text.indexOf('\n', start);
    int last = Math.min(end < 0 ? text.length() : end, start + LONGEST_LINE);
    String line = text.substring(start, last);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  @Override
  public String toString() {
    return shown;
  }
}

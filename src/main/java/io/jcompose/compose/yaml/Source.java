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

  /** The text of a line, counted from 1, without its end; empty when there is no such line. */
  String line(int number) {
    int start = 0;
    for (int n = 1; n < number; n++) {
      start = text.indexOf('\n', start) + 1;
      if (start == 0) {
        return "";
      }
    }
    int end = text.indexOf('\n', start);
    String line = end < 0 ? text.substring(start) : text.substring(start, end);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  @Override
  public String toString() {
    return shown;
  }
}

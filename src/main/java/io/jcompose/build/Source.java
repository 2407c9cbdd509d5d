package io.jcompose.build;

import java.util.List;

/** A Dockerfile's lines under the name that errors show. */
record Source(String name, List<String> lines) {
  private static final int LARGEST = 4 << 20;

  static Source of(String name, String text) {
    if (text.length() > LARGEST) {
      throw new BuildException(name + " is larger than 4 MiB");
    }
    String plain = text.startsWith("\ufeff") ? text.substring(1) : text;
    return new Source(name, List.of(plain.split("\r?\n", -1)));
  }

  /** All of it; lines end with a line feed alone. */
  String text() {
    return String.join("\n", lines);
  }

  /** The text of a line, counted from 1. */
  String line(int number) {
    return number <= lines.size() ? lines.get(number - 1) : "";
  }

  /**
   * An error at a place: {@code file:line:column: message}, the line, a caret. Both count from 1.
   */
  BuildException error(int line, int column, String message) {
    String number = Integer.toString(line);
    String shown = line(line);
    String caret = " ".repeat(Math.max(0, Math.min(column, shown.length() + 1) - 1)) + "^";
    return BuildException.placed(
        name
            + ":"
            + line
            + ":"
            + column
            + ": "
            + message
            + "\n  "
            + number
            + " | "
            + shown.replace('\t', ' ')
            + "\n  "
            + " ".repeat(number.length())
            + " | "
            + caret);
  }
}

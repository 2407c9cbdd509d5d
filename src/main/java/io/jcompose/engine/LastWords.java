package io.jcompose.engine;

import io.jcompose.engine.log.LogReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The last lines that a container wrote, for errors about it. */
final class LastWords {
  private LastWords() {}

  static List<String> lines(Unit unit, int lines) {
    List<String> tail = new ArrayList<>();
    new LogReader(unit.logFolder())
        .read(lines, line -> tail.add(new String(line.text(), StandardCharsets.UTF_8)));
    return tail;
  }

  static String of(Unit unit, int lines) {
    List<String> tail = lines(unit, lines);
    if (tail.isEmpty()) {
      return "; it wrote nothing";
    }
    return "; its last lines:\n    " + String.join("\n    ", tail);
  }
}

package io.jcompose.build;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts output into lines. A line that never ends is cut, so that memory is bounded. */
final class LineSplitter {
  private static final int LONGEST = 1 << 16;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Consumer<String> lines;

  LineSplitter(Consumer<String> lines) {
    this.lines = lines;
  }

  synchronized void write(byte[] data) {
    for (byte b : data) {
      if (b == '\n') {
        emit();
      } else {
        line.write(b);
        if (line.size() >= LONGEST) {
          emit();
        }
      }
    }
  }

  synchronized void end() {
    if (line.size() > 0) {
      emit();
    }
  }

  private void emit() {
    String text = line.toString(StandardCharsets.UTF_8);
    lines.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    line.reset();
  }
}

package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The caller's standard input as text, for {@code -f -}. */
final class StandardInput {
  private static final int LARGEST = 16 << 20;
  private static final int BUFFER = 64 * 1024;

  private StandardInput() {}

  static String text(Invocation invocation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    while (true) {
      int count = read(invocation, buffer);
      if (count <= 0) {
        return bytes.toString(StandardCharsets.UTF_8);
      }
      bytes.write(buffer, 0, count);
      if (bytes.size() > LARGEST) {
        throw new EngineException("standard input is longer than " + LARGEST + " bytes");
      }
    }
  }

  /** One line without its end; what has come when the input ends before. */
  static String line(Invocation invocation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Byte by byte: what follows the line belongs to whoever reads next.
    byte[] one = new byte[1];
    while (read(invocation, one) > 0 && one[0] != '\n' && bytes.size() < LARGEST) {
      bytes.write(one[0]);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int read(Invocation invocation, byte[] buffer) {
    if (invocation.stdio().getFirst().isPresent()) {
      Fd input = invocation.stdio().getFirst().get();
      return Fs.read(input, buffer);
    }
    if (invocation.terminal().isPresent() && invocation.inputIsTerminal()) {
      invocation.terminal().get().input(io.jcompose.engine.Terminal.Input.LINES);
      return invocation.terminal().get().read(buffer);
    }
    return -1;
  }
}

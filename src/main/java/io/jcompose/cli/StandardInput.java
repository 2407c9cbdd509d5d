package io.jcompose.cli;

import io.jcompose.engine.CancelledException;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Terminal;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The caller's standard input as text, for {@code -f -}. */
final class StandardInput {
  private static final int LARGEST = 16 << 20;
  private static final int BUFFER = 64 * 1024;
  private static final byte CTRL_C = 3;
  private static final byte CTRL_D = 4;
  private static final byte BACKSPACE = 8;
  private static final byte DELETE = 127;

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

  /** One line that is typed without being shown; from a pipe like {@link #line}. */
  static String secret(Invocation invocation) {
    if (invocation.stdio().getFirst().isPresent() || invocation.terminal().isEmpty()) {
      return line(invocation);
    }
    Terminal terminal = invocation.terminal().get();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] one = new byte[1];
    terminal.input(Terminal.Input.RAW);
    try {
      while (bytes.size() < LARGEST && terminal.read(one) > 0 && one[0] != '\n' && one[0] != '\r') {
        switch (one[0]) {
          case CTRL_C, CTRL_D -> throw new CancelledException();
          case BACKSPACE, DELETE -> withoutLast(bytes);
          default -> bytes.write(one[0]);
        }
      }
    } finally {
      terminal.input(Terminal.Input.NONE);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void withoutLast(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    bytes.writeBytes(text.isEmpty() ? new byte[0] : text.substring(0, text.length() - 1).getBytes(StandardCharsets.UTF_8));
  }

  private static int read(Invocation invocation, byte[] buffer) {
    if (invocation.stdio().getFirst().isPresent()) {
      Fd input = invocation.stdio().getFirst().get();
      return Fs.read(input, buffer);
    }
    if (invocation.terminal().isPresent() && invocation.inputIsTerminal()) {
      invocation.terminal().get().input(Terminal.Input.LINES);
      return invocation.terminal().get().read(buffer);
    }
    return -1;
  }
}

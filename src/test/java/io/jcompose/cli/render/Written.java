package io.jcompose.cli.render;

import io.jcompose.engine.Output;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An output that remembers what was written to it. */
final class Written implements Output {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final boolean terminal;

  Written(boolean terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) {
    bytes.write(from, offset, length);
  }

  @Override
  public boolean terminal() {
    return terminal;
  }

  /** All of it; ESC shown as {@code ^[}. */
  synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\033", "^[");
  }
}

package io.jcompose.engine;

import java.util.function.BiConsumer;

/** The caller's terminal, which stays the caller's: bytes come and go through the client. */
public interface Terminal {
  /** How the client reads what is typed. */
  enum Input {
    NONE,
    LINES,
    RAW
  }

  int rows();

  int columns();

  void input(Input mode);

  /** Waits for typed bytes; −1 at the end (Ctrl-D in line mode, or the client has left). */
  int read(byte[] buffer);

  /** Is told rows and columns at each change. */
  void onResize(BiConsumer<Integer, Integer> listener);
}

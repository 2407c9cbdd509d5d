package io.jcompose.engine;

/** Of a terminal, in characters; 0: unknown. */
record TerminalSize(int rows, int columns) {
  static final TerminalSize UNKNOWN = new TerminalSize(0, 0);

  static TerminalSize of(Invocation invocation) {
    return invocation.terminal().map(t -> new TerminalSize(t.rows(), t.columns())).orElse(UNKNOWN);
  }
}

package io.jcompose.engine;

/** A command ended because its caller asked it to. */
public final class CancelledException extends RuntimeException {
  public CancelledException() {
    super("cancelled", null, false, false);
  }
}

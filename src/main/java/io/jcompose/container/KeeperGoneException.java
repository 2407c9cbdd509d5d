package io.jcompose.container;

/** The keeper has ended, or its connection has: what was asked may or may not have been done. */
public final class KeeperGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What became of the container, as the end of a sentence about it. */
  public static final String WHAT = "its keeper was killed, and it with it";

  KeeperGoneException() {
    super(WHAT);
  }
}

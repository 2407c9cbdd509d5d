package io.jcompose.container;

/** The keeper has ended, or its connection has: what was asked may or may not have been done. */
public final class KeeperGoneException extends RuntimeException {
  KeeperGoneException(String message) {
    super(message);
  }
}

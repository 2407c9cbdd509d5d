package io.jcompose.build;

/**
 * Tells whether somebody wants the build to stop, and calls back at the moment when that happens.
 */
public interface Cancellation {
  /** A build that nobody cancels. */
  Cancellation NEVER =
      new Cancellation() {
        @Override
        public boolean requested() {
          return false;
        }

        @Override
        public Registration onRequest(Runnable action) {
          return () -> {};
        }
      };

  boolean requested();

  /**
   * Runs {@code action} once, when the request comes, or at once if it has come; until it is
   * closed.
   */
  Registration onRequest(Runnable action);

  /** Closed when the action is no longer wanted. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}

package io.jcompose.image;

/** Lets a caller end a pull or a bootstrap before its time. */
public interface Cancellation {
  /**
   * Runs {@code action} when the caller cancels; at once if that has already happened.
   *
   * @return takes the action back
   */
  Registration onCancel(Runnable action);

  /** An action that waits. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** For callers that never cancel. */
  static Cancellation never() {
    return _ -> () -> {};
  }
}

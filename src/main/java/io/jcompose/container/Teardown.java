package io.jcompose.container;

/** Taking down: every part is tried, whatever became of those before it. */
final class Teardown {
  private Teardown() {}

  /** Runs all of {@code parts}; then throws the first failure, with the others attached. */
  static void all(Runnable... parts) {
    RuntimeException first = null;
    for (Runnable part : parts) {
      try {
        part.run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Runs all of {@code parts} because of {@code cause}, which is told what fails. */
  static void after(RuntimeException cause, Runnable... parts) {
    try {
      all(parts);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}

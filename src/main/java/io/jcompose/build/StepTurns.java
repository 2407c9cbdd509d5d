package io.jcompose.build;

import java.util.HashSet;
import java.util.Set;

/**
 * Lets each step, known by its key, be done by one thread at a time, over all builds: whoever comes
 * second finds the result of the first.
 */
final class StepTurns {
  private final Set<String> taken = new HashSet<>();

  /** Ends the turn. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the turn; a cancelled build waits no longer. */
  Turn take(String key, Cancellation cancellation) {
    try (Cancellation.Registration registration = cancellation.onRequest(this::wake)) {
      synchronized (taken) {
        while (!taken.add(key)) {
          if (cancellation.requested()) {
            throw new BuildException("the build was cancelled");
          }
          taken.wait();
        }
      }
      assert registration != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("interrupted while waiting for a step of another build", e);
    }
    return () -> {
      synchronized (taken) {
        taken.remove(key);
        taken.notifyAll();
      }
    };
  }

  private void wake() {
    synchronized (taken) {
      taken.notifyAll();
    }
  }
}

package io.jcompose.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a command has been asked to end, and how firmly: the first request asks for a graceful end, the
 * second for the quickest one. Thread-safe.
 */
public final class Cancellation {
  private int requests;
  private boolean gone;
  private final List<Runnable> listeners = new ArrayList<>();

  /** Asks once more; listeners run on the caller's thread. */
  public void request() {
    List<Runnable> toRun;
    synchronized (this) {
      requests++;
      toRun = List.copyOf(listeners);
    }
    toRun.forEach(Runnable::run);
  }

  /**
   * The caller has left without asking for an end (its client was killed). What only shows something to
   * it ends; what changes something goes on.
   */
  public void callerGone() {
    List<Runnable> toRun;
    synchronized (this) {
      gone = true;
      toRun = List.copyOf(listeners);
    }
    toRun.forEach(Runnable::run);
  }

  /** True when nobody is there any more who could see a result. */
  public synchronized boolean gone() {
    return gone;
  }

  public synchronized boolean requested() {
    return requests > 0;
  }

  /** How often an end was asked for. */
  public synchronized int requests() {
    return requests;
  }

  /** Throws {@link CancelledException} when a request has been made. */
  public void check() {
    if (requested()) {
      throw new CancelledException();
    }
  }

  /** Runs {@code listener} at each request from now on; at once when one has been made already. */
  public Registration onRequest(Runnable listener) {
    boolean now;
    synchronized (this) {
      listeners.add(listener);
      now = requests > 0 || gone;
    }
    if (now) {
      listener.run();
    }
    return () -> {
      synchronized (this) {
        listeners.remove(listener);
      }
    };
  }

  /** Ends a listener's registration. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}

package io.jcompose.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Whether a command has been asked to end, and how firmly: the first request asks for a graceful end, the
 * second for the quickest one. Thread-safe.
 */
public final class Cancellation {
  /** SIGHUP, SIGINT, SIGQUIT and SIGTERM. */
  private static final Set<Integer> ENDING = Set.of(1, 2, 3, 15);

  private int requests;
  private boolean gone;
  private final List<Runnable> listeners = new ArrayList<>();
  private Optional<IntConsumer> signalsTo = Optional.empty();

  /** The caller's client received this signal: one that ends programs asks for an end, unless signals are forwarded. */
  void signal(int number) {
    Optional<IntConsumer> to;
    synchronized (this) {
      to = signalsTo;
    }
    if (to.isPresent()) {
      to.get().accept(number);
    } else if (ENDING.contains(number)) {
      request();
    }
  }

  /** Until closed, signals that the client receives are handed to {@code to} and ask for nothing here. */
  synchronized Registration forwardSignals(IntConsumer to) {
    signalsTo = Optional.of(to);
    return () -> {
      synchronized (this) {
        signalsTo = Optional.empty();
      }
    };
  }

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

  /** True when nothing more is to be shown: an end was asked for, or nobody is there. */
  public synchronized boolean over() {
    return gone || requests > 0;
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

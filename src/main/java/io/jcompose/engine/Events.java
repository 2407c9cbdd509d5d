package io.jcompose.engine;

import io.jcompose.linux.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Hands events to whoever listens, on the thread on which they happen, and remembers the last ones. */
public final class Events {
  private static final int REMEMBERED = 1024;

  /** Of whoever reads so slowly that more than these wait for it, the later ones are kept from it. */
  private static final int WAITING = 65_536;

  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
  private final Deque<Event> journal = new ArrayDeque<>();

  /** Listens until closed; {@code listener} must not block. */
  public Cancellation.Registration listen(Consumer<Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void publish(Event event) {
    List<Consumer<Event>> told;
    synchronized (journal) {
      if (journal.size() == REMEMBERED) {
        journal.removeFirst();
      }
      journal.addLast(event);
      told = List.copyOf(listeners);
    }
    told.forEach(listener -> listener.accept(event));
  }

  /**
   * Hands on the events between two moments, waiting for those to come until cancelled.
   *
   * @param since nanoseconds since the epoch: also what is remembered from then on; 0: only what comes
   * @param until nanoseconds since the epoch; 0: for ever
   */
  public void watch(
      long since, long until, Predicate<Event> wanted, Consumer<Event> sink, Cancellation cancellation) {
    BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(WAITING);
    List<Event> before = new ArrayList<>();
    Cancellation.Registration listening;
    synchronized (journal) {
      if (since > 0) {
        journal.stream().filter(e -> e.nanos() >= since).forEach(before::add);
      }
      listening =
          listen(
              event -> {
                if (wanted.test(event)) {
                  queue.offer(() -> sink.accept(event));
                }
              });
    }
    try (listening;
        Cancellation.Registration cancelling = cancellation.onRequest(() -> queue.offer(() -> {}))) {
      before.stream().filter(e -> (until == 0 || e.nanos() <= until) && wanted.test(e)).forEach(sink);
      while (!cancellation.requested() && !cancellation.gone()) {
        long left = until == 0 ? Long.MAX_VALUE : until - Clock.wallNanos();
        Runnable next = left <= 0 ? null : queue.poll(left, TimeUnit.NANOSECONDS);
        if (next == null) {
          return;
        }
        next.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

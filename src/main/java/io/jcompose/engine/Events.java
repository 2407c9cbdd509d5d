package io.jcompose.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hands events to whoever listens, on the thread on which they happen. */
public final class Events {
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  /** Listens until closed; {@code listener} must not block. */
  public Cancellation.Registration listen(Consumer<Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void publish(Event event) {
    listeners.forEach(listener -> listener.accept(event));
  }
}

package io.jcompose.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Some that end together; whoever comes after the end is not made any more. Thread-safe. */
final class Registrations implements Cancellation.Registration {
  private final List<Cancellation.Registration> open = new ArrayList<>();
  private boolean closed;

  synchronized void add(Supplier<Cancellation.Registration> made) {
    if (!closed) {
      open.add(made.get());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    open.forEach(Cancellation.Registration::close);
    open.clear();
  }
}

package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.StateStore;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** How one container goes: by hand, or by itself when it has ended and nobody reads it any more. */
final class Disposal {
  private final Unit unit;
  private final Starter starter;
  private final StateStore store;
  private final Timers timers;
  private final Consumer<Unit> discard;
  private final Holds holds = new Holds(this::discardIfDone);
  private final AtomicInteger discarding = new AtomicInteger();

  /**
   * @param discard removes it when it goes by itself
   */
  Disposal(Unit unit, Starter starter, StateStore store, Timers timers, Consumer<Unit> discard) {
    this.unit = unit;
    this.starter = starter;
    this.store = store;
    this.timers = timers;
    this.discard = discard;
  }

  /** Whether it has gone, and with it all that was to go with it. */
  boolean gone() {
    return unit.removed() && discarding.get() == 0;
  }

  /** While held, a container that goes by itself when it has ended stays. */
  Cancellation.Registration hold() {
    return holds.take();
  }

  /** Begins to remove it if it goes by itself and the time has come. */
  void discardIfDone() {
    if (done() && holds.none()) {
      discarding.incrementAndGet();
      timers.now(
          () -> {
            try {
              discard.accept(unit);
            } finally {
              discarding.decrementAndGet();
              unit.changed();
            }
          });
    }
  }

  private boolean done() {
    synchronized (unit) {
      ContainerState state = unit.status().state();
      // A start that failed is an end, too; one that was never tried is none.
      boolean ended = state == ContainerState.EXITED || state == ContainerState.CREATED && unit.status().run() > 0;
      return ended && unit.live().isEmpty() && !unit.removed() && unit.record().lifetime().removedAtEnd();
    }
  }

  /** Removes it, running or not, with its writable layer and its log. */
  void remove() {
    unit.termination().takeTurn(Optional.of(Duration.ZERO));
    try {
      unit.supervisor().cancelRestart();
      if (unit.removed()) {
        return;
      }
      unit.termination().killAll();
      unit.release();
      unit.removed(true);
      try {
        forget(unit.record());
      } catch (RuntimeException e) {
        // It is still there, and the next attempt must not take it for gone.
        unit.removed(false);
        throw e;
      }
      unit.publish(Event.Kind.DESTROY, Clock.wallNanos(), 0);
      Fault.point("unit.removed");
      starter.prepareNext(); // not as it starts: who waits for such a container waits for its end
    } finally {
      unit.operation().unlock();
    }
  }

  private void forget(ContainerRecord record) {
    Fault.point("unit.removing");
    // First: a folder that has lost a part of its own must never be taken for a container.
    store.removeRecord(record.id());
    Fault.point("unit.unrecorded");
    starter.forget(record);
    Fault.point("unit.forgotten");
    store.removeContainer(record.id());
  }

  /** Removes it unless it runs when its turn has come; returns whether it went. */
  boolean removeIfStopped() {
    if (unit.status().state().active()) {
      return false; // at once: its turn may come late while it is being stopped
    }
    unit.operation().lock();
    try {
      if (unit.removed() || unit.status().state().active()) {
        return false;
      }
      remove();
      return true;
    } finally {
      unit.operation().unlock();
    }
  }
}

package io.jcompose.engine;

import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Freezes the processes of one container and lets them go on: a pause, or for the time of a snapshot. */
final class Freezer {
  private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);
  private final Unit unit;

  Freezer(Unit unit) {
    this.unit = unit;
  }

  /** Freezes all its processes. */
  void pause() {
    unit.operation().lock();
    try {
      if (unit.status().state() == ContainerState.PAUSED) {
        throw new EngineException("container " + unit.record().name() + " is already paused");
      }
      Live now = unit.runningLive();
      now.freeze(FREEZE_LIMIT);
      synchronized (unit) {
        if (unit.status().state() != ContainerState.RUNNING) {
          now.thaw();
          throw new EngineException("container " + unit.record().name() + " is not running");
        }
        suspendProbes(true);
        unit.change(status -> status.withState(ContainerState.PAUSED));
      }
      unit.publish(Event.Kind.PAUSE, Map.of());
    } finally {
      unit.operation().unlock();
    }
  }

  /**
   * Runs {@code work} while none of its processes does, which nobody takes for a pause; other operations wait.
   *
   * @param beforeFreeze is told before its processes are held, so that they can be let go should the engine die
   */
  <T> T whileHeld(Runnable beforeFreeze, Supplier<T> work) {
    unit.operation().lock();
    try {
      Optional<Live> held = unit.status().state() == ContainerState.RUNNING ? unit.live() : Optional.empty();
      if (held.isPresent()) {
        beforeFreeze.run();
        held.get().freeze(FREEZE_LIMIT);
      }
      suspendProbes(true);
      try {
        return work.get();
      } finally {
        held.ifPresent(Live::thaw);
        suspendProbes(unit.status().state() == ContainerState.PAUSED);
      }
    } finally {
      unit.operation().unlock();
    }
  }

  /** Lets its processes go on. */
  void unpause() {
    unit.operation().lock();
    try {
      if (!thaw()) {
        throw new EngineException("container " + unit.record().name() + " is not paused");
      }
    } finally {
      unit.operation().unlock();
    }
  }

  /** Lets its processes go on if they were paused; false if not. */
  boolean thaw() {
    synchronized (unit) {
      if (unit.status().state() != ContainerState.PAUSED) {
        return false;
      }
      unit.live().orElseThrow().thaw();
      unit.change(status -> status.withState(ContainerState.RUNNING));
      suspendProbes(false);
    }
    unit.publish(Event.Kind.UNPAUSE, Map.of());
    return true;
  }

  private void suspendProbes(boolean suspended) {
    unit.healthMonitor().ifPresent(monitor -> monitor.suspend(suspended));
  }
}

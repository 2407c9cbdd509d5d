package io.jcompose.engine;

import io.jcompose.container.Signals;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Ends what runs in one container: its stop signal, a grace period, SIGKILL; and sends it other signals. */
final class Termination {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final int SIGKILL = 9;

  private final Unit unit;
  private final Patience patience;

  /** Signals that are being sent, and are not yet told; guarded by the unit's monitor. */
  private int signalling;

  Termination(Unit unit) {
    this.unit = unit;
    this.patience = new Patience(unit::changed);
  }

  /**
   * Stops it: its stop signal, and SIGKILL to all of it after the grace period.
   *
   * @param grace in place of its own; negative: wait for ever
   */
  void stop(Optional<Duration> grace) {
    stop(Optional.empty(), grace);
  }

  /** As {@link #stop(Optional)}, with another signal than its own. */
  void stop(Optional<Integer> signal, Optional<Duration> grace) {
    takeTurn(grace);
    try {
      unit.supervisor().cancelRestart();
      ContainerStatus before = unit.change(status -> status.withStoppedByUser(true));
      Fault.point("unit.stopping");
      switch (before.state()) {
        case RUNNING, PAUSED -> {
          endProcess(signal, graceMillis(grace));
        }
        case RESTARTING -> unit.change(status -> status.withState(ContainerState.EXITED));
        default -> {
          return;
        }
      }
      unit.release();
      Fault.point("unit.stopped");
      unit.publish(Event.Kind.STOP, Clock.wallNanos(), 0);
    } finally {
      unit.operation().unlock();
    }
  }

  private long graceMillis(Optional<Duration> grace) {
    return grace.map(Duration::toMillis).orElse(unit.record().spec().stop().graceMillis());
  }

  /** While held, no stop of it waits longer than one with this grace period would that began now. */
  Cancellation.Registration hurry(Optional<Duration> grace) {
    return patience.limit(graceMillis(grace));
  }

  /** Waits for its turn, for a stop under way no longer than this grace period. The caller unlocks it. */
  void takeTurn(Optional<Duration> grace) {
    try (Cancellation.Registration hurried = hurry(grace)) {
      unit.operation().lock();
    }
  }

  private void endProcess(Optional<Integer> signal, long graceMillis) {
    Live now = unit.live().orElseThrow();
    unit.freezer().thaw();
    boolean told = signal.isPresent() ? now.signal(signal.get()) : now.stopSignal();
    Fault.point("unit.signalled");
    // Without a signal that could be sent there is nothing to be gracious about.
    long limit = told ? graceMillis : Math.min(2000, Math.max(0, graceMillis));
    long began = Clock.monotonicMillis();
    if (!awaitEnd(() -> patience.deadline(began, limit))) {
      now.kill(KILL_LIMIT);
      awaitKilled();
    }
  }

  /** Kills all of it, if it runs; no policy starts it again. For whoever has the turn. */
  void killAll() {
    ContainerStatus before =
        unit.change(status -> status.state().hasProcess() ? status.withStoppedByUser(true) : status);
    if (before.state().hasProcess()) {
      unit.live().ifPresent(live -> live.kill(KILL_LIMIT));
      awaitKilled();
    }
  }

  private void awaitKilled() {
    long until = Clock.monotonicMillis() + KILL_LIMIT.toMillis();
    if (!awaitEnd(() -> until)) {
      throw new EngineException(
          "container " + unit.record().name() + " could not be killed: a process of it hangs in the"
              + " kernel; \"jcompose down\" tries again");
    }
  }

  /**
   * Whether its run has ended within a time.
   *
   * @param deadline asked again after every change: when that is, on the monotonic clock; {@link Long#MAX_VALUE}: never
   */
  private boolean awaitEnd(LongSupplier deadline) {
    synchronized (unit) {
      try {
        int run = unit.status().run();
        while (unit.status().run() == run && unit.status().state().hasProcess()) {
          long left = deadline.getAsLong() - Clock.monotonicMillis();
          if (left <= 0) {
            return false;
          }
          unit.wait(left);
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /**
   * Sends a signal to its first process, which goes on if it was paused; what it does is its own matter, but a
   * killed one has ended on return. What ends a container also ends its being restarted.
   */
  void signal(int signal) {
    boolean ends = signal == SIGKILL || signal == Signals.parse(unit.record().spec().stop().signal());
    Live now = null;
    synchronized (unit) {
      if (!ends || unit.status().state() != ContainerState.RESTARTING) {
        now = unit.runningLive();
        if (ends) {
          // On disk too: an engine that follows this one must not start again what was killed.
          unit.change(status -> status.withStoppedByUser(true));
        }
        signalling++;
      }
    }
    if (now == null) {
      stop(Optional.of(signal), signal == SIGKILL ? Optional.of(Duration.ZERO) : Optional.empty());
      return;
    }
    try {
      if (!now.signal(signal)) {
        return; // it has ended meanwhile
      }
      unit.publish(Event.Kind.KILL, Map.of("signal", Integer.toString(signal)));
    } finally {
      synchronized (unit) {
        signalling--;
        unit.changed();
      }
    }
    unit.freezer().thaw();
    if (signal == SIGKILL) {
      awaitKilled();
    }
  }

  /** What a signal has done is told after the signal. */
  void awaitSignalsTold() {
    boolean interrupted = false;
    synchronized (unit) {
      while (signalling > 0) {
        try {
          unit.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

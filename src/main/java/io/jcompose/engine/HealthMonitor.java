package io.jcompose.engine;

import io.jcompose.engine.state.HealthSpec;
import io.jcompose.linux.Clock;
import io.jcompose.plan.Health;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Probes one running container until it ends, on a thread of its own, and keeps the last results. */
final class HealthMonitor {
  private static final System.Logger LOG = System.getLogger("engine.health");
  private static final int KEPT_RESULTS = 5;
  private final Unit unit;
  private final HealthSpec spec;
  private final Live live;
  private final HealthTracker tracker;
  private final Deque<HealthProbe> results = new ArrayDeque<>();
  private boolean waitedFor;
  private boolean ended;
  private boolean suspended;

  /** How often it was suspended: the result of a probe that was frozen meanwhile says nothing. */
  private int suspensions;

  private HealthMonitor(Unit unit, HealthSpec spec, Live live) {
    this.unit = unit;
    this.spec = spec;
    this.live = live;
    this.tracker = new HealthTracker(spec, Clock.monotonicMillis(), unit.status().health());
  }

  /** Begins to probe; empty when the container has no check. */
  static Optional<HealthMonitor> begin(Unit unit, HealthSpec spec, Live live) {
    if (spec == null) {
      return Optional.empty();
    }
    HealthMonitor monitor = new HealthMonitor(unit, spec, live);
    monitor.waitedFor(unit.waitedFor());
    Thread.ofVirtual().name("health").start(monitor::run);
    return Optional.of(monitor);
  }

  synchronized Health health() {
    return tracker.health();
  }

  synchronized int failures() {
    return tracker.failures();
  }

  synchronized List<HealthProbe> results() {
    return List.copyOf(results);
  }

  /** Whether somebody waits for the container to become healthy: an early probe may be due then. */
  synchronized void waitedFor(boolean changed) {
    waitedFor = changed;
    notifyAll();
  }

  /** While its container is paused nothing is probed. */
  synchronized void suspend(boolean changed) {
    suspended = changed;
    suspensions += changed ? 1 : 0;
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  private void run() {
    try {
      while (true) {
        HealthTracker.Next next = awaitTurn();
        if (next == null) {
          return;
        }
        long begun = Clock.monotonicMillis();
        int before = suspensions();
        HealthProbe probe = HealthProbe.run(live, spec.argv(), spec.timeout());
        take(probe, next.early(), begun, before);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      boolean matters;
      synchronized (this) {
        matters = !ended;
      }
      if (matters) {
        LOG.log(System.Logger.Level.ERROR, "the health check of " + unit.record().name() + " ended", e);
      }
    }
  }

  /** Waits until a probe is due; null when the container has ended. */
  private HealthTracker.Next awaitTurn() throws InterruptedException {
    synchronized (this) {
      while (!ended) {
        if (suspended) {
          wait();
          continue;
        }
        HealthTracker.Next next = tracker.next(waitedFor);
        long left = next.at() - Clock.monotonicMillis();
        if (left <= 0) {
          return next;
        }
        wait(left);
      }
      return null;
    }
  }

  private synchronized int suspensions() {
    return suspensions;
  }

  private void take(HealthProbe probe, boolean early, long begun, int suspensionsBefore) {
    boolean changed;
    synchronized (this) {
      if (ended || suspensions != suspensionsBefore) {
        return;
      }
      changed = tracker.probed(probe.ok(), early, begun, Clock.monotonicMillis());
      results.addLast(probe);
      if (results.size() > KEPT_RESULTS) {
        results.removeFirst();
      }
    }
    if (changed) {
      unit.noteHealth(health());
      unit.publish(Event.Kind.HEALTH, Map.of("health", health().name().toLowerCase(java.util.Locale.ROOT)));
    }
    unit.changed();
  }
}

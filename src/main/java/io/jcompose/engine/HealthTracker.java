package io.jcompose.engine;

import io.jcompose.engine.state.HealthSpec;
import io.jcompose.plan.Health;

/**
 * The state machine of a health check (SEMANTICS 3.4), with the early probes that somebody who waits asks
 * for. Times are of a monotonic clock in milliseconds. Not thread-safe.
 */
final class HealthTracker {
  private static final long FIRST_EARLY_PAUSE = 50;
  private final HealthSpec spec;
  private final long started;
  private Health health;
  private int failures;
  private long lastRegularEnd;
  private long earlyPause;
  private long lastProbeTook;
  private long lastEnd;

  HealthTracker(HealthSpec spec, long started) {
    this(spec, started, Health.NONE);
  }

  /**
   * @param known what an engine before this one has found; anything but healthy and unhealthy: nothing yet
   */
  HealthTracker(HealthSpec spec, long started, Health known) {
    health = known == Health.HEALTHY || known == Health.UNHEALTHY ? known : Health.STARTING;
    this.spec = spec;
    this.started = started;
    lastRegularEnd = started;
    lastEnd = started;
  }

  /** When to probe next, and whether that probe's failure counts. */
  record Next(long at, boolean early) {}

  /**
   * @param waitedFor somebody waits for this container to become healthy
   */
  Next next(boolean waitedFor) {
    boolean starting = health == Health.STARTING;
    boolean inStartPeriod = lastRegularEnd - started < spec.startPeriod();
    long pause = starting && inStartPeriod ? spec.startInterval() : spec.interval();
    long regular = lastRegularEnd + pause;
    if (waitedFor && starting) {
      long early = earlyPause == 0 ? lastEnd : lastEnd + Math.max(earlyPause, lastProbeTook);
      if (early < regular) {
        return new Next(early, true);
      }
    }
    return new Next(regular, false);
  }

  /**
   * Takes a probe's result.
   *
   * @return whether the state changed
   */
  boolean probed(boolean ok, boolean early, long begun, long ended) {
    Health before = health;
    lastEnd = ended;
    lastProbeTook = ended - begun;
    if (early) {
      long limit = ended - started < spec.startPeriod() ? spec.startInterval() : spec.interval();
      earlyPause = Math.min(limit, earlyPause == 0 ? FIRST_EARLY_PAUSE : earlyPause * 2);
    } else {
      lastRegularEnd = ended;
    }
    if (ok) {
      health = Health.HEALTHY;
      failures = 0;
      lastRegularEnd = ended;
    } else if (!early) {
      boolean grace = health == Health.STARTING && begun - started < spec.startPeriod();
      if (!grace) {
        failures++;
        if (failures >= spec.retries()) {
          health = Health.UNHEALTHY;
        }
      }
    }
    return health != before;
  }

  Health health() {
    return health;
  }

  int failures() {
    return failures;
  }
}

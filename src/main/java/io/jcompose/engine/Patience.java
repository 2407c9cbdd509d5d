package io.jcompose.engine;

import io.jcompose.linux.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the stop of one container may wait: no longer than anybody would who waits for that stop. So the later of two
 * stops need not sit out the longer grace period of the earlier. Thread-safe.
 */
final class Patience {
  private final Runnable changed;
  private final List<Limit> limits = new ArrayList<>();

  /**
   * @param changed wakes a stop that waits, to ask again for its deadline
   */
  Patience(Runnable changed) {
    this.changed = changed;
  }

  private record Limit(long asked, long millis) {}

  /**
   * Until closed, a stop waits no longer than this from now, or from its own beginning if that is later.
   *
   * @param millis negative: for ever
   */
  Cancellation.Registration limit(long millis) {
    if (millis < 0) {
      return () -> {};
    }
    Limit limit = new Limit(Clock.monotonicMillis(), millis);
    synchronized (limits) {
      limits.add(limit);
    }
    changed.run();
    return () -> {
      synchronized (limits) {
        limits.remove(limit);
      }
    };
  }

  /**
   * When a stop has waited long enough, on the monotonic clock in milliseconds; {@link Long#MAX_VALUE}: never.
   *
   * @param began when it began to wait
   * @param millis how long it would wait by itself; negative: for ever
   */
  long deadline(long began, long millis) {
    synchronized (limits) {
      return limits.stream()
          .mapToLong(limit -> Math.max(began, limit.asked) + limit.millis)
          .reduce(millis < 0 ? Long.MAX_VALUE : began + millis, Math::min);
    }
  }
}

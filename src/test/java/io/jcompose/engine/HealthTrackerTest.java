package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.state.HealthSpec;
import io.jcompose.plan.Health;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTrackerTest {
  private static HealthSpec spec(int retries, long startPeriod) {
    return new HealthSpec(List.of("true"), 30_000, 5_000, retries, startPeriod, 5_000);
  }

  @Test
  void theFirstRegularProbeComesAfterOneInterval() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 1000);
    assertThat(tracker.next(false)).isEqualTo(new HealthTracker.Next(31_000, false));
  }

  @Test
  void inTheStartPeriodTheStartIntervalHolds() {
    HealthTracker tracker = new HealthTracker(spec(3, 60_000), 1000);
    assertThat(tracker.next(false)).isEqualTo(new HealthTracker.Next(6_000, false));
  }

  @Test
  void whoeverWaitsGetsAProbeAtOnceAndThenWithGrowingPauses() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 0);
    assertThat(tracker.next(true)).isEqualTo(new HealthTracker.Next(0, true));
    tracker.probed(false, true, 0, 10);
    assertThat(tracker.next(true)).isEqualTo(new HealthTracker.Next(60, true));
    tracker.probed(false, true, 60, 70);
    assertThat(tracker.next(true)).isEqualTo(new HealthTracker.Next(170, true));
    tracker.probed(false, true, 170, 180);
    assertThat(tracker.next(true)).isEqualTo(new HealthTracker.Next(380, true));
  }

  @Test
  void anEarlyPauseIsNeverShorterThanTheLastProbe() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 0);
    tracker.probed(false, true, 0, 900);
    assertThat(tracker.next(true).at()).isEqualTo(1800);
  }

  @Test
  void failuresOfEarlyProbesDoNotCount() {
    HealthTracker tracker = new HealthTracker(spec(1, 0), 0);
    for (int i = 0; i < 20; i++) {
      tracker.probed(false, true, i * 100, i * 100 + 10);
    }
    assertThat(tracker.health()).isEqualTo(Health.STARTING);
    tracker.probed(false, false, 30_000, 30_010);
    assertThat(tracker.health()).isEqualTo(Health.UNHEALTHY);
  }

  @Test
  void regularProbesKeepTheirTimeWhileSomebodyWaits() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 0);
    long now = 0;
    HealthTracker.Next next = tracker.next(true);
    while (next.early()) {
      now = Math.max(now, next.at());
      tracker.probed(false, true, now, now + 1);
      next = tracker.next(true);
    }
    assertThat(next).isEqualTo(new HealthTracker.Next(30_000, false));
  }

  @Test
  void retriesInARowMakeItUnhealthyAndOneSuccessHealthyAgain() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 0);
    assertThat(tracker.probed(true, false, 1, 2)).isTrue();
    tracker.probed(false, false, 3, 4);
    tracker.probed(false, false, 5, 6);
    assertThat(tracker.health()).isEqualTo(Health.HEALTHY);
    assertThat(tracker.probed(false, false, 7, 8)).isTrue();
    assertThat(tracker.health()).isEqualTo(Health.UNHEALTHY);
    assertThat(tracker.probed(true, false, 9, 10)).isTrue();
    assertThat(tracker.failures()).isZero();
  }

  @Test
  void failuresInTheStartPeriodDoNotCountUntilItWasHealthy() {
    HealthTracker tracker = new HealthTracker(spec(1, 60_000), 0);
    tracker.probed(false, false, 5_000, 5_001);
    assertThat(tracker.health()).isEqualTo(Health.STARTING);
    tracker.probed(true, false, 10_000, 10_001);
    tracker.probed(false, false, 15_000, 15_001);
    assertThat(tracker.health()).isEqualTo(Health.UNHEALTHY);
  }

  @Test
  void afterTheFirstSuccessNoEarlyProbeComes() {
    HealthTracker tracker = new HealthTracker(spec(3, 0), 0);
    tracker.probed(true, true, 0, 10);
    assertThat(tracker.next(true)).isEqualTo(new HealthTracker.Next(30_010, false));
  }

  @Test
  void whatAnEngineBeforeHasFoundGoesOn() {
    assertThat(new HealthTracker(spec(3, 0), 0, Health.HEALTHY).health()).isEqualTo(Health.HEALTHY);
    assertThat(new HealthTracker(spec(3, 0), 0, Health.UNHEALTHY).health()).isEqualTo(Health.UNHEALTHY);
    assertThat(new HealthTracker(spec(3, 0), 0, Health.NONE).health()).isEqualTo(Health.STARTING);
  }
}

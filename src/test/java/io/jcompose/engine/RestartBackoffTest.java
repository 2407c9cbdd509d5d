package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.RestartSpec;
import io.jcompose.engine.state.RestartSpec.Mode;
import io.jcompose.plan.ContainerState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartBackoffTest {
  @ParameterizedTest
  @CsvSource({
    "NO,             0, 0, false, 0, false",
    "NO,             0, 1, false, 0, false",
    "ALWAYS,         0, 0, false, 0, true",
    "ALWAYS,         0, 1, false, 9, true",
    "ALWAYS,         0, 0, true,  0, false",
    "UNLESS_STOPPED, 0, 0, false, 0, true",
    "UNLESS_STOPPED, 0, 1, true,  0, false",
    "ON_FAILURE,     0, 0, false, 0, false",
    "ON_FAILURE,     0, 1, false, 99, true",
    "ON_FAILURE,     2, 1, false, 1, true",
    "ON_FAILURE,     2, 1, false, 2, false",
    "ON_FAILURE,     0, 1, true,  0, false",
  })
  void policy(Mode mode, int most, int exitCode, boolean stopped, int restarts, boolean wanted) {
    assertThat(RestartBackoff.wanted(new RestartSpec(mode, most), exitCode, restarts, stopped))
        .isEqualTo(wanted);
  }

  @Test
  void pausesDoubleUpToAMinute() {
    RestartBackoff backoff = new RestartBackoff();
    long[] expected = {100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000};
    for (long pause : expected) {
      assertThat(backoff.next(50)).isEqualTo(pause);
    }
  }

  @Test
  void aRunOfTenSecondsBeginsAnew() {
    RestartBackoff backoff = new RestartBackoff();
    backoff.next(1);
    backoff.next(1);
    assertThat(backoff.next(10_000)).isEqualTo(100);
    assertThat(backoff.next(9_999)).isEqualTo(200);
  }

  @Test
  void whatIsToBeStartedAgainIsNeverSeenAsEndedForGood() {
    ContainerStatus ended = ContainerStatus.CREATED.starting(1).running(7, 1, 5).exited(3, false, 9, "");
    RestartSpec always = new RestartSpec(Mode.ALWAYS, 0);
    assertThat(RestartBackoff.afterExit(ended, always).state()).isEqualTo(ContainerState.RESTARTING);
    assertThat(RestartBackoff.afterExit(ended, always).restarts()).isEqualTo(1);
    assertThat(RestartBackoff.afterExit(ended.withStoppedByUser(true), always).state())
        .isEqualTo(ContainerState.EXITED);
    assertThat(RestartBackoff.afterExit(ended, RestartSpec.NO)).isEqualTo(ended);
  }
}

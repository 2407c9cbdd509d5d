package io.jcompose.engine;

import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.RestartSpec;

/** Whether and when a container that ended by itself is started again (SEMANTICS 3.2). Not thread-safe. */
final class RestartBackoff {
  static final long FIRST_MILLIS = 100;
  static final long LONGEST_MILLIS = 60_000;

  /** A run of this length counts as a success: the next pause is the shortest again. */
  static final long SETTLED_MILLIS = 10_000;

  private long pause;

  /** Whether the policy starts it again, were it not for what the user asked for. */
  static boolean wanted(RestartSpec policy, int exitCode, int restartsSoFar, boolean stoppedByUser) {
    if (stoppedByUser) {
      return false;
    }
    return switch (policy.mode()) {
      case NO -> false;
      case ALWAYS, UNLESS_STOPPED -> true;
      case ON_FAILURE ->
          exitCode != 0 && (policy.maxAttempts() == 0 || restartsSoFar < policy.maxAttempts());
    };
  }

  /** What a container that has ended is next: {@code ended}, or about to be started again. */
  static ContainerStatus afterExit(ContainerStatus ended, RestartSpec policy) {
    return wanted(policy, ended.exitCode(), ended.restarts(), ended.stoppedByUser())
        ? ended.restarting()
        : ended;
  }

  /** Milliseconds to wait before the next start, after a run of {@code ranMillis}. */
  long next(long ranMillis) {
    if (pause == 0 || ranMillis >= SETTLED_MILLIS) {
      pause = FIRST_MILLIS;
    } else {
      pause = Math.min(LONGEST_MILLIS, pause * 2);
    }
    return pause;
  }

  void reset() {
    pause = 0;
  }
}

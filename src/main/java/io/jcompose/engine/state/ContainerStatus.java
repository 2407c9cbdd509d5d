package io.jcompose.engine.state;

import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.Objects;

/**
 * What became of a container so far.
 *
 * @param run how often it has been started, policy restarts included
 * @param pid of its first process in the host's pid namespace, while it runs
 * @param startTicks field 22 of /proc/PID/stat: with the pid it names the process for good
 * @param started nanoseconds since the epoch; 0: never
 * @param finished nanoseconds since the epoch; 0: not yet
 * @param exitCode 128 + n when signal n ended it
 * @param error why the last start failed, or what ended it; empty: nothing to say
 * @param restarts how often its policy started it again
 * @param stoppedByUser no policy may start it again
 * @param health what its check said last while it runs, for the engine that takes it over
 */
public record ContainerStatus(
    ContainerState state,
    int run,
    int pid,
    long startTicks,
    long started,
    long finished,
    int exitCode,
    boolean oomKilled,
    String error,
    int restarts,
    boolean stoppedByUser,
    Health health) {

  public ContainerStatus {
    health = health == null ? Health.NONE : health;
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(error, "error");
  }

  public static final ContainerStatus CREATED =
      new ContainerStatus(ContainerState.CREATED, 0, 0, 0, 0, 0, 0, false, "", 0, false, Health.NONE);

  public ContainerStatus starting(int newRun) {
    return new ContainerStatus(
        state, newRun, 0, 0, started, finished, exitCode, oomKilled, error, restarts, false,
        Health.NONE);
  }

  public ContainerStatus running(int newPid, long ticks, long nanos) {
    return new ContainerStatus(
        ContainerState.RUNNING, run, newPid, ticks, nanos, 0, 0, false, "", restarts, false,
        Health.NONE);
  }

  /** It ran on while no engine did. */
  public ContainerStatus runsOn(ContainerState now, int itsPid, long ticks, long since) {
    return new ContainerStatus(
        now, run, itsPid, ticks, since, 0, 0, false, "", restarts, stoppedByUser, health);
  }

  public ContainerStatus exited(int code, boolean oom, long nanos, String why) {
    return new ContainerStatus(
        ContainerState.EXITED, run, 0, 0, started, nanos, code, oom, why, restarts, stoppedByUser,
        Health.NONE);
  }

  /** The start did not come about; the container is as it was before. */
  public ContainerStatus startFailed(int code, String why) {
    ContainerState before = run <= 1 ? ContainerState.CREATED : ContainerState.EXITED;
    return new ContainerStatus(
        before, run, 0, 0, started, finished, code, false, why, restarts, stoppedByUser,
        Health.NONE);
  }

  /** Ended, and waits for its policy to start it again. */
  public ContainerStatus restarting() {
    return new ContainerStatus(
        ContainerState.RESTARTING, run, 0, 0, started, finished, exitCode, oomKilled, error,
        restarts + 1, stoppedByUser, Health.NONE);
  }

  public ContainerStatus withState(ContainerState changed) {
    return new ContainerStatus(
        changed, run, pid, startTicks, started, finished, exitCode, oomKilled, error, restarts,
        stoppedByUser, health);
  }

  public ContainerStatus withStoppedByUser(boolean stopped) {
    return new ContainerStatus(
        state, run, pid, startTicks, started, finished, exitCode, oomKilled, error, restarts,
        stopped, health);
  }

  public ContainerStatus withHealth(Health changed) {
    return new ContainerStatus(
        state, run, pid, startTicks, started, finished, exitCode, oomKilled, error, restarts,
        stoppedByUser, changed);
  }

  /** A start by hand forgets what the policy counted. */
  public ContainerStatus withoutRestarts() {
    return new ContainerStatus(
        state, run, pid, startTicks, started, finished, exitCode, oomKilled, error, 0, false,
        Health.NONE);
  }
}

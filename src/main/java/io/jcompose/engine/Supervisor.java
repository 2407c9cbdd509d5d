package io.jcompose.engine;

import io.jcompose.container.KeeperGoneException;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts one container, takes note of the end of each run, and starts it again as its restart policy says. */
final class Supervisor {
  private static final System.Logger LOG = System.getLogger("engine.supervisor");

  private final Unit unit;
  private final Starter starter;
  private final Timers timers;
  private final RestartBackoff backoff = new RestartBackoff();

  /** Changed by whoever has the turn. */
  private Timers.Handle pendingRestart = () -> {};

  private volatile boolean restarting;

  // These are guarded by the unit's monitor: they change together with its status.
  private long restartPause;
  private long restartDue;
  private long runBegan;
  private long ranMillis;
  private int lastExit;

  /**
   * @param lastExit the exit code of the run before, if there was one
   */
  Supervisor(Unit unit, Starter starter, Timers timers, int lastExit) {
    this.unit = unit;
    this.starter = starter;
    this.timers = timers;
    this.lastExit = lastExit;
  }

  /** A start by its restart policy that is to come, in milliseconds. */
  record NextRestart(long left, long pause) {}

  Optional<NextRestart> nextRestart() {
    synchronized (unit) {
      return unit.status().state() == ContainerState.RESTARTING && restartPause > 0
          ? Optional.of(new NextRestart(Math.max(0, restartDue - Clock.monotonicMillis()), restartPause))
          : Optional.empty();
    }
  }

  /**
   * Starts it unless it runs; a pending policy restart is overtaken.
   *
   * @return warnings for the user
   */
  List<String> start() {
    return start(TerminalSize.UNKNOWN);
  }

  /** As {@link #start()}, with a terminal of this size if it has one. */
  List<String> start(TerminalSize size) {
    unit.operation().lock();
    try {
      cancelRestart();
      if (unit.removed()) {
        throw new EngineException("No such container: " + unit.record().name());
      }
      if (unit.status().state() == ContainerState.RUNNING) {
        return List.of();
      }
      if (unit.status().state() == ContainerState.PAUSED) {
        unit.freezer().unpause();
        return List.of();
      }
      unit.release();
      backoff.reset();
      unit.change(ContainerStatus::withoutRestarts);
      return startRun(size);
    } catch (StartFailedException e) {
      unit.change(status -> status.startFailed(e.exitCode(), e.getMessage()));
      throw e;
    } catch (RuntimeException e) {
      unit.change(status -> status.startFailed(125, String.valueOf(e.getMessage())));
      throw e;
    } finally {
      unit.operation().unlock();
      unit.disposal().discardIfDone();
    }
  }

  /** When it throws, nothing of the run is left but its number. Returns warnings for the user. */
  private List<String> startRun(TerminalSize size) {
    ContainerStatus before = unit.change(status -> status.starting(status.run() + 1));
    int run = before.run() + 1;
    synchronized (unit) {
      runBegan = Clock.monotonicMillis();
    }
    Fault.point("unit.starting");
    try {
      Live next = unit.live().isPresent() ? unit.live().get() : starter.prepare(unit.record());
      unit.hold(Optional.of(next));
      Live.Begun begun = next.start(run, size);
      Fault.point("unit.begun");
      unit.running(next, status -> status.running(begun.pid(), begun.startTicks(), begun.nanos()));
      Fault.point("unit.running");
      unit.publish(Event.Kind.START, begun.nanos(), 0);
      next.watch(run, this::exited);
      if (!unit.record().lifetime().removedAtEnd()) {
        starter.prepareNext();
      }
      return begun.warnings().stream().map(warning -> unit.record().name() + ": " + warning).toList();
    } catch (KeeperGoneException e) {
      unit.release();
      throw StartFailedException.of(unit.record().name(), e.getMessage(), StartFailedException.NOT_STARTED, e);
    } catch (RuntimeException e) {
      unit.release();
      throw e;
    }
  }

  /**
   * Its first process has ended.
   *
   * @param code 128 + n when signal n ended it
   */
  private void exited(int run, int code, long nanos, String why) {
    timers.now(() -> takeExit(run, code, nanos, why));
  }

  private void takeExit(int run, int code, long nanos, String why) {
    boolean oom;
    synchronized (unit) {
      if (run != unit.status().run() || !unit.status().state().hasProcess()) {
        return;
      }
      oom = unit.live().map(Live::oomKilled).orElse(false);
      ended(code, oom, nanos, why);
    }
    unit.termination().awaitSignalsTold();
    if (oom) {
      unit.publish(Event.Kind.OOM, nanos, code);
    }
    unit.publish(Event.Kind.DIE, nanos, code);
    settle();
  }

  /**
   * Notes an exit and what its policy makes of it in one, so that nobody (and no next engine) ever sees a
   * container as ended for good that is about to be started again.
   */
  private void ended(int code, boolean oom, long nanos, String why) {
    synchronized (unit) {
      lastExit = code;
      ranMillis = Clock.monotonicMillis() - runBegan;
      ContainerStatus ended = unit.status().exited(code, oom, nanos, oom ? "killed for want of memory" : why);
      unit.ended(RestartBackoff.afterExit(ended, unit.record().restart()));
    }
  }

  /** After an exit: the policy starts it again, or what it had is released. */
  private void settle() {
    unit.operation().lock();
    try {
      if (unit.removed()) {
        return;
      }
      ContainerState now = unit.status().state();
      if (now == ContainerState.RESTARTING) {
        unit.live().ifPresent(Live::runEnded);
        pendingRestart = timers.after(pauseBeforeRestart(), this::restartNow);
      } else if (now == ContainerState.EXITED) {
        unit.release();
        unit.disposal().discardIfDone();
      }
    } finally {
      unit.operation().unlock();
    }
  }

  private long pauseBeforeRestart() {
    synchronized (unit) {
      restartPause = backoff.next(ranMillis);
      restartDue = Clock.monotonicMillis() + restartPause;
      return restartPause;
    }
  }

  private void restartNow() {
    unit.operation().lock();
    try {
      if (unit.status().state() == ContainerState.RESTARTING && !unit.removed()) {
        startRun(TerminalSize.UNKNOWN);
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, unit.record().name() + " could not be restarted: " + e.getMessage());
      int before = unit.status().exitCode();
      ended(before == 0 ? 125 : before, false, Clock.wallNanos(), String.valueOf(e.getMessage()));
      timers.now(this::settle);
    } finally {
      unit.operation().unlock();
    }
  }

  /** Its policy does not start it, should it be about to; for whoever has the turn. */
  void cancelRestart() {
    pendingRestart.cancel();
  }

  /** Stops it if it runs, as {@link Termination#stop} does, and starts it. */
  void restart(Optional<Integer> signal, Optional<Duration> grace) {
    unit.termination().takeTurn(grace);
    try {
      restarting = true;
      unit.termination().stop(signal, grace);
      start();
      unit.publish(Event.Kind.RESTART, Map.of());
    } finally {
      restarting = false;
      unit.operation().unlock();
      unit.changed();
    }
  }

  /** Whether a {@link #restart} is under way, also while it does not run; its end wakes whoever waits. */
  boolean restarting() {
    return restarting;
  }

  /**
   * Waits until it does not run, at once when it doesn't now, and returns how it ended; a policy that starts it
   * again changes nothing about that.
   */
  int awaitExit(Cancellation cancellation) {
    int run = unit.status().run();
    unit.awaitCalmly(
        u -> cancellation.gone() || u.removed() || u.status().run() != run || !u.status().state().hasProcess(),
        cancellation);
    synchronized (unit) {
      return lastExit;
    }
  }

  /** Takes over a container that ran on without an engine. */
  void adopt(Live running, int pid, long startTicks, long started) {
    unit.operation().lock();
    try {
      ContainerState now = running.frozen() ? ContainerState.PAUSED : ContainerState.RUNNING;
      unit.running(running, status -> status.runsOn(now, pid, startTicks, started));
      running.watch(unit.status().run(), this::exited);
    } finally {
      unit.operation().unlock();
    }
  }

  /** It ended while no engine ran. */
  void endedUnseen(Optional<Live> remains, int code, long nanos, String why) {
    unit.operation().lock();
    try {
      boolean oom = remains.map(Live::oomKilled).orElse(false);
      synchronized (unit) {
        unit.hold(remains);
        ended(code, oom, nanos, why);
      }
      unit.publish(Event.Kind.DIE, nanos, code);
    } finally {
      unit.operation().unlock();
    }
    timers.now(this::settle);
  }

  /** After a start of the host: it is started again as if its policy had just asked for it. */
  void comeBack() {
    unit.change(ContainerStatus::restarting);
    timers.now(this::restartNow);
  }

  /** After a restart of the engine: goes on with what was to follow the last exit. */
  void resume() {
    timers.now(this::settle);
  }
}

package io.jcompose.engine;

import java.time.Duration;

/** When the engine leaves: asked to, for a newer build, or after being idle for long enough. */
final class EngineLifetime implements ClientServer.Lifetime {
  private final Units units;
  private final Timers timers;
  private final Duration idle;
  private final Runnable leave;
  private int commands;
  private boolean stopping;
  private boolean renewing;
  private Timers.Handle idleTimer = () -> {};

  /**
   * @param leave ends the process
   */
  EngineLifetime(Units units, Timers timers, Duration idle, Runnable leave) {
    this.units = units;
    this.timers = timers;
    this.idle = idle;
    this.leave = leave;
  }

  /** Begins to count idle time. */
  void begin(Events events) {
    events.listen(event -> considerIdle());
    considerIdle();
  }

  @Override
  public synchronized boolean enter() {
    if (stopping || renewing) {
      return false;
    }
    commands++;
    idleTimer.cancel();
    return true;
  }

  @Override
  public void leave() {
    synchronized (this) {
      commands--;
    }
    leaveIfDue();
    considerIdle();
  }

  @Override
  public boolean makeWay() {
    synchronized (this) {
      if (commands > 0) {
        return false;
      }
      renewing = true;
    }
    return true;
  }

  @Override
  public void renew() {
    leave.run();
  }

  void stopSoon() {
    synchronized (this) {
      stopping = true;
    }
  }

  private void leaveIfDue() {
    synchronized (this) {
      if (!stopping || commands > 0) {
        return;
      }
    }
    leave.run();
  }

  private synchronized void considerIdle() {
    idleTimer.cancel();
    if (commands == 0 && !stopping && !renewing && !units.anyActive()) {
      idleTimer = timers.after(idle.toMillis(), this::idleLongEnough);
    }
  }

  private void idleLongEnough() {
    synchronized (this) {
      if (commands > 0 || units.anyActive()) {
        return;
      }
      stopping = true;
    }
    leave.run();
  }
}

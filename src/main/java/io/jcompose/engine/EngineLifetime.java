package io.jcompose.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** When the engine leaves: asked to, for a newer build, or after being idle for long enough. */
final class EngineLifetime implements ClientServer.Lifetime {
  /** After the last command, so that one command after another never waits for it. */
  private static final long MILLIS_UNTIL_MEMORY_IS_GIVEN_BACK = 3000;

  private final BooleanSupplier active;
  private final Timers timers;
  private final Duration idle;
  private final Runnable leave;
  private int commands;
  private boolean stopping;
  private boolean renewing;
  private Timers.Handle idleTimer = () -> {};
  private Timers.Handle memoryTimer = () -> {};

  /**
   * @param active whether any container runs, or will without anybody's help
   * @param leave ends the process
   */
  EngineLifetime(BooleanSupplier active, Timers timers, Duration idle, Runnable leave) {
    this.active = active;
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
    memoryTimer.cancel();
    return true;
  }

  @Override
  public void leave() {
    boolean asked;
    synchronized (this) {
      commands--;
      asked = stopping;
    }
    // At once, whatever else is under way: the command that asked has had its answer.
    if (asked) {
      leave.run();
    }
    considerIdle();
    giveMemoryBackSoon();
  }

  /** The heap keeps what the largest command needed until a full collection, and nobody else asks for one. */
  private synchronized void giveMemoryBackSoon() {
    memoryTimer.cancel();
    if (commands == 0) {
      memoryTimer = timers.after(MILLIS_UNTIL_MEMORY_IS_GIVEN_BACK, System::gc);
    }
  }

  @Override
  public boolean makeWay() {
    synchronized (this) {
      // Once: who calls while the engine leaves waits for its end instead of being sent back to it.
      if (commands > 0 || stopping || renewing) {
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

  /** Whether the command that asks is the only one. */
  synchronized boolean alone() {
    return commands == 1;
  }

  void stopSoon() {
    synchronized (this) {
      stopping = true;
    }
  }

  private synchronized void considerIdle() {
    idleTimer.cancel();
    if (commands == 0 && !stopping && !renewing && !active.getAsBoolean()) {
      idleTimer = timers.after(idle.toMillis(), this::idleLongEnough);
    }
  }

  private void idleLongEnough() {
    synchronized (this) {
      if (commands > 0 || stopping || renewing || active.getAsBoolean()) {
        return;
      }
      stopping = true;
    }
    leave.run();
  }
}

package io.jcompose.engine;

import io.jcompose.linux.MappedFiles;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** When the engine leaves: asked to, for a newer build, or after being idle for long enough. */
final class EngineLifetime implements ClientServer.Lifetime {
  /** After the last command, so that one command after another never waits for it. */
  private static final long MILLIS_UNTIL_MEMORY_IS_GIVEN_BACK = 3000;

  private static final long NANOS_TO_END = TimeUnit.SECONDS.toNanos(1);

  private final BooleanSupplier active;
  private final Timers timers;
  private final Duration idle;
  private final Runnable leave;
  private int commands;
  private int followers;
  private int ending;
  private Runnable lastWord = () -> {};
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
      ending = Math.max(0, ending - 1);
      asked = stopping;
      notifyAll();
    }
    // At once, whatever else is under way: the command that asked has had its answer.
    if (asked) {
      lastWord.run();
      leave.run();
    }
    considerIdle();
    giveMemoryBackSoon();
  }

  @Override
  public synchronized void ends() {
    ending++;
  }

  @Override
  public synchronized void follows(boolean onlyFollows) {
    commands += onlyFollows ? -1 : 1;
    followers += onlyFollows ? 1 : -1;
  }

  @Override
  public void beforeStop(Runnable word) {
    lastWord = word;
  }

  @Override
  public synchronized boolean leaving() {
    return stopping;
  }

  /** The heap keeps what the largest command needed until a full collection, and nobody else asks for one. */
  private synchronized void giveMemoryBackSoon() {
    memoryTimer.cancel();
    if (commands == 0) {
      memoryTimer = timers.after(MILLIS_UNTIL_MEMORY_IS_GIVEN_BACK, EngineLifetime::giveMemoryBack);
    }
  }

  private static void giveMemoryBack() {
    System.gc();
    MappedFiles.giveBack();
  }

  @Override
  public boolean makeWay() {
    synchronized (this) {
      awaitEnding();
      // Once: who calls while the engine leaves waits for its end instead of being sent back to it.
      if (commands > 0 || stopping || renewing) {
        return false;
      }
      renewing = true;
    }
    return true;
  }

  /** Whoever has the exit code of one command may call with the next before the first is counted as over. */
  private void awaitEnding() {
    long until = System.nanoTime() + NANOS_TO_END;
    try {
      for (long left = NANOS_TO_END; commands > 0 && commands <= ending && left > 0; left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void renew() {
    leave.run();
  }

  /** Whether the command that asks is the only one that does anything. */
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
    if (commands + followers == 0 && !stopping && !renewing && !active.getAsBoolean()) {
      idleTimer = timers.after(idle.toMillis(), this::idleLongEnough);
    }
  }

  private void idleLongEnough() {
    synchronized (this) {
      if (commands + followers > 0 || stopping || renewing || active.getAsBoolean()) {
        return;
      }
      stopping = true;
    }
    leave.run();
  }
}

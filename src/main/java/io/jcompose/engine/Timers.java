package io.jcompose.engine;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs work later, or at once but elsewhere. The work may block. */
final class Timers implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("engine.timers");
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("timers").daemon().stackSize(128 * 1024).factory());
  private final java.util.concurrent.ExecutorService workers =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("worker-", 0).daemon().stackSize(512 * 1024).factory());

  Timers() {
    // Most timers are taken back long before they are due, and should not be remembered until then.
    clock.setRemoveOnCancelPolicy(true);
  }

  /** Takes pending work back; work that has begun goes on. */
  @FunctionalInterface
  interface Handle {
    void cancel();
  }

  void now(Runnable work) {
    workers.execute(() -> guarded(work));
  }

  /** Begins work whose result somebody waits for. */
  <T> Meanwhile<T> meanwhile(Supplier<T> work) {
    return Meanwhile.begin(workers, work);
  }

  Handle after(long millis, Runnable work) {
    Future<?> pending = clock.schedule(() -> now(work), millis, TimeUnit.MILLISECONDS);
    return () -> pending.cancel(false);
  }

  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "work in the background failed", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdownNow();
  }
}

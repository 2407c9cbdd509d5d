package io.jcompose.image.registry;

import io.jcompose.image.Cancellation;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads of one pull. The first job that fails, or the caller's cancellation, ends all of them;
 * that first failure is what every wait then reports. Platform threads: they write files.
 */
final class PullWorkers implements AutoCloseable {
  private static final long STACK_BYTES = 256 << 10;

  /** A job whose result can be waited for. */
  interface Job<T> {
    T await();
  }

  private final ExecutorService threads;
  private final Cancellation.Registration registration;
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  PullWorkers(int count, Cancellation cancellation) {
    threads =
        Executors.newFixedThreadPool(
            count,
            job -> {
              Thread thread = new Thread(null, job, "pull", STACK_BYTES);
              thread.setDaemon(true);
              return thread;
            });
    registration =
        cancellation.onCancel(
            () -> {
              first.compareAndSet(null, new CancellationException("the pull was cancelled"));
              stop();
            });
  }

  <T> Job<T> start(Callable<T> work) {
    Future<T> future;
    try {
      future = threads.submit(() -> guarded(work));
    } catch (RejectedExecutionException e) {
      throw failure(e);
    }
    return () -> await(future);
  }

  private <T> T guarded(Callable<T> work) throws Exception {
    try {
      return work.call();
    } catch (Throwable e) {
      first.compareAndSet(null, e);
      stop();
      throw e;
    }
  }

  private <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (CancellationException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      first.compareAndSet(null, new CancellationException("the pull was interrupted"));
      stop();
      Thread.currentThread().interrupt();
      throw failure(e);
    }
  }

  private RuntimeException failure(Throwable otherwise) {
    Throwable cause = first.get() == null ? otherwise : first.get();
    switch (cause) {
      case RuntimeException e -> {
        return e;
      }
      case Error e -> throw e;
      default -> throw new IllegalStateException("a pull ended unexpectedly", cause);
    }
  }

  /** Interrupts what runs and drops what waits. */
  void stop() {
    for (Runnable waiting : threads.shutdownNow()) {
      if (waiting instanceof Future<?> future) {
        future.cancel(false); // or nobody would ever answer its waiter
      }
    }
  }

  /** Returns when no thread is left. */
  @Override
  public void close() {
    registration.close();
    stop();
    threads.close();
  }
}

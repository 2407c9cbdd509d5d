package io.jcompose.build;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Makes the stages of one build, each once and on a thread of its own, so that those that do not
 * need each other go on side by side. The first failure ends all of them.
 */
final class StageThreads<T> implements Cancellation {
  private final Function<StagePlan, T> work;
  private final Cancellation asked;
  private final Map<StagePlan, FutureTask<T>> started = new IdentityHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Runnable> onFailure = new ArrayList<>();
  private Optional<RuntimeException> failure = Optional.empty();

  /** {@code asked} is how the caller ends the build. */
  StageThreads(Function<StagePlan, T> work, Cancellation asked) {
    this.work = work;
    this.asked = asked;
  }

  /** Begins with a stage, unless somebody has. */
  synchronized FutureTask<T> start(StagePlan plan) {
    FutureTask<T> task = started.get(plan);
    if (task == null) {
      task = new FutureTask<>(() -> attempt(plan));
      started.put(plan, task);
      threads.add(Thread.ofPlatform().name("build " + plan.title()).start(task));
    }
    return task;
  }

  private T attempt(StagePlan plan) {
    try {
      return work.apply(plan);
    } catch (RuntimeException e) {
      fail(e);
      throw e;
    }
  }

  private void fail(RuntimeException e) {
    List<Runnable> actions;
    synchronized (this) {
      if (failure.isPresent()) {
        return;
      }
      failure = Optional.of(e);
      actions = List.copyOf(onFailure);
    }
    actions.forEach(Runnable::run);
  }

  /** Waits for a stage that another one needs. */
  T await(StagePlan plan) {
    try {
      return start(plan).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("the build was interrupted", e);
    }
  }

  /**
   * Makes {@code target} and all that it needs. When this returns or throws, no stage is under way.
   */
  T make(StagePlan target) {
    try {
      T made = await(target);
      join();
      return made;
    } catch (RuntimeException e) {
      fail(e);
      join();
      throw failure.orElse(e);
    }
  }

  private void join() {
    List<Thread> all;
    synchronized (this) {
      all = List.copyOf(threads);
    }
    for (Thread thread : all) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public synchronized boolean requested() {
    return failure.isPresent() || asked.requested();
  }

  @Override
  public Registration onRequest(Runnable action) {
    boolean now;
    synchronized (this) {
      onFailure.add(action);
      now = failure.isPresent();
    }
    Registration outer = asked.onRequest(action);
    if (now) {
      action.run();
    }
    return () -> {
      outer.close();
      synchronized (this) {
        onFailure.remove(action);
      }
    };
  }
}

package io.jcompose.engine;

import io.jcompose.container.Signals;
import io.jcompose.container.cgroup.CgroupException;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/** What is done to single containers that exist, whether they belong to a project or not. */
public final class ContainerControl {
  private final Units units;
  private final Removals removal;
  private final Containers containers;

  ContainerControl(Units units, Removals removal, Containers containers) {
    this.units = units;
    this.removal = removal;
    this.containers = containers;
  }

  /**
   * Stops a container; one that does not run is left as it is.
   *
   * @param signal in place of its stop signal; empty: its own
   * @param grace in place of its own grace period; negative: wait for ever
   */
  public void stop(String name, String signal, Optional<Duration> grace) {
    units.find(name).termination().stop(number(signal), grace);
  }

  public void restart(String name, String signal, Optional<Duration> grace) {
    units.find(name).supervisor().restart(number(signal), grace);
  }

  private static Optional<Integer> number(String signal) {
    return signal.isEmpty() ? Optional.empty() : Optional.of(parse(signal));
  }

  private static int parse(String signal) {
    try {
      return Signals.parse(signal);
    } catch (IllegalArgumentException e) {
      throw new EngineException("invalid signal: " + signal + " (" + e.getMessage() + ")", e);
    }
  }

  /** Sends a signal to a container's first process. */
  public void kill(String name, String signal) {
    int number = parse(signal);
    Unit unit = units.find(name);
    try {
      unit.termination().signal(number);
    } catch (EngineException e) {
      throw new EngineException("cannot kill container: " + name + ": " + e.getMessage(), e);
    }
  }

  public void pause(String name) {
    units.find(name).freezer().pause();
  }

  public void unpause(String name) {
    units.find(name).freezer().unpause();
  }

  public void rename(String name, String newName) {
    units.rename(units.find(name), newName);
  }

  /** Changes a container's limits and policy, running or not; returns what the kernel cannot do of it. */
  public List<String> update(String name, ContainerUpdate update) {
    try {
      return units.find(name).amendments().update(update);
    } catch (CgroupException e) {
      throw new EngineException("cannot update container " + name + ": " + e.getMessage(), e);
    }
  }

  /** Waits until a container does not run, and returns its exit code. */
  public int await(String name, Cancellation cancellation) {
    return units.find(name).supervisor().awaitExit(cancellation);
  }

  /** Is told a container's exit code. */
  @FunctionalInterface
  public interface Ended {
    void exited(String id, int code);
  }

  /**
   * Waits until all of these containers have ended, and returns the exit code of the last one.
   *
   * @param firstOnly waits for the first to end, and returns its code
   */
  public int awaitAll(List<String> ids, boolean firstOnly, Ended told, Cancellation cancellation) {
    record Exit(String id, Integer code, RuntimeException failure) {}
    BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();
    Cancellation others = new Cancellation();
    try (Cancellation.Registration registration = cancellation.onRequest(others::request)) {
      for (String id : ids) {
        Unit unit = units.find(id);
        Thread.startVirtualThread(
            () -> {
              try {
                exits.add(new Exit(id, unit.supervisor().awaitExit(others), null));
              } catch (RuntimeException e) {
                exits.add(new Exit(id, null, e));
              }
            });
      }
      int code = 0;
      for (int left = firstOnly ? 1 : ids.size(); left > 0; left--) {
        Exit exit = exits.take();
        if (exit.failure() != null) {
          throw exit.failure();
        }
        code = exit.code();
        told.exited(exit.id(), code);
      }
      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      others.request();
    }
  }

  /** How a removal is meant. */
  public record Removal(boolean force, boolean volumes) {}

  /** Removes a container; one that runs only by force. */
  public void remove(String name, Removal how) {
    Unit unit = units.find(name);
    if (how.force()) {
      removal.remove(unit, how.volumes());
    } else if (!removal.removeIfStopped(unit, how.volumes()) && !unit.removed()) {
      ContainerState state = unit.status().state();
      String cure =
          state == ContainerState.PAUSED
              ? "container is paused and must be unpaused first"
              : "container is " + state.word() + ": stop the container before removing or force remove";
      throw new EngineException("cannot remove container \"" + unit.record().name() + "\": " + cure);
    }
  }

  /**
   * What a clean-up has removed.
   *
   * @param bytes that their writable layers took on the disk
   */
  public record Pruned(List<String> ids, long bytes) {}

  /** Removes the containers that don't run and are {@code wanted}. */
  public Pruned prune(Predicate<ContainerView> wanted) {
    List<String> ids = new ArrayList<>();
    long bytes = 0;
    for (Unit unit : List.copyOf(units.all())) {
      if (!unit.status().state().active() && wanted.test(containers.view(unit))) {
        long size = containers.size(unit.record().id());
        if (removal.removeIfStopped(unit, false)) {
          bytes += size;
          ids.add(unit.record().id());
        }
      }
    }
    return new Pruned(ids, bytes);
  }
}

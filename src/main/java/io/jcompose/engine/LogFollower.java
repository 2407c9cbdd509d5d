package io.jcompose.engine;

import io.jcompose.engine.log.ContainerLine;
import io.jcompose.engine.log.LogLine;
import io.jcompose.engine.log.LogReader;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.plan.ContainerState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Shows what a project's containers say as they say it: a thread for each container that runs, also for those
 * that are started later. Of a container that has ended, every line comes, and then the word that it has.
 */
public final class LogFollower {
  private static final System.Logger LOG = System.getLogger("engine.logs");
  private final Units units;
  private final Events events;
  private final LogWatcher watcher;
  private final LogRequest request;
  private final Consumer<ContainerLine> sink;
  private final Cancellation cancellation;
  private final Set<String> following = new HashSet<>();
  private final Map<String, Long> shownUntil = new HashMap<>();
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private boolean ending;
  private boolean outputClosed;

  LogFollower(
      Units units,
      Events events,
      LogWatcher watcher,
      LogRequest request,
      Consumer<ContainerLine> sink,
      Cancellation cancellation) {
    this.units = units;
    this.events = events;
    this.watcher = watcher;
    this.request = request;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /** Follows until cancelled, asked to end, or until no container is left that could say something. */
  public void run() {
    try (Cancellation.Registration listening = events.listen(this::onEvent);
        Cancellation.Registration cancelling = cancellation.onRequest(this::wakeAll)) {
      Logs.wanted(units, request).forEach(unit -> begin(unit, request.tail()));
      synchronized (this) {
        while ((!following.isEmpty() || successorComes()) && !over()) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      wakeAll();
    }
    if (outputClosed) {
      throw new Output.ClosedException();
    }
  }

  /** Whether a container that has been made to take another's place is about to be started. */
  private boolean successorComes() {
    return !ending
        && Logs.wanted(units, request).stream()
            .anyMatch(
                unit ->
                    unit.status().state() == ContainerState.CREATED
                        && unit.status().error().isEmpty()
                        && !unit.record().replaces().isEmpty());
  }

  /** Shows what has been written so far, then ends. */
  public void end() {
    synchronized (this) {
      ending = true;
    }
    wakeAll();
  }

  /** Waits until everything that an ended container said has been shown. */
  public synchronized void awaitShown(String container) {
    try {
      while (following.contains(container) && !over()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean over() {
    return outputClosed || cancellation.requested() || cancellation.gone();
  }

  private void wakeAll() {
    wakes.forEach(Runnable::run);
    synchronized (this) {
      notifyAll();
    }
  }

  private void onEvent(Event event) {
    if (event.project().equals(request.project()) || request.containers().contains(event.id())) {
      if (event.kind() == Event.Kind.START && !isEnding()) {
        units
            .byId(event.id())
            .filter(unit -> Logs.wants(request, unit))
            .ifPresent(unit -> begin(unit, -1));
      }
      wakeAll();
    }
  }

  private void begin(Unit unit, long tail) {
    long since;
    synchronized (this) {
      if (over() || !following.add(unit.record().id())) {
        return;
      }
      since = Math.max(request.sinceNanos(), shownUntil.getOrDefault(unit.record().id(), 0L));
    }
    Thread.ofPlatform()
        .name("log-" + unit.record().name())
        .daemon()
        .stackSize(256 * 1024)
        .start(() -> follow(unit, tail, since));
  }

  private void follow(Unit unit, long tail, long since) {
    long[] shown = {since};
    try {
      new LogReader(unit.logFolder())
          .follow(
              tail,
              line -> {
                if (!over() && line.nanos() >= since && request.wants(line.nanos())) {
                  sink.accept(Logs.line(unit.record(), line));
                  shown[0] = line.nanos() + 1;
                }
              },
              watcher,
              () -> over() || isEnding() || ended(unit),
              wakes::add);
      boolean ranHere = unit.status().finished() >= since;
      if (!over() && ended(unit) && !unit.removed() && ranHere) {
        LogLine word = LogLine.mark("exited with code " + unit.status().exitCode());
        sink.accept(Logs.line(unit.record(), word));
      }
    } catch (Output.ClosedException e) {
      synchronized (this) {
        outputClosed = true;
      }
    } catch (RuntimeException e) {
      if (!unit.removed()) {
        LOG.log(System.Logger.Level.WARNING, "the log of " + unit.record().name() + " is not followed", e);
      }
    } finally {
      synchronized (this) {
        shownUntil.put(unit.record().id(), Math.max(shown[0], since));
        following.remove(unit.record().id());
        if (!ending && unit.status().state() == ContainerState.RUNNING) {
          // It was started again while its end was being shown: that event found it still followed.
          begin(unit, -1);
        }
        notifyAll();
      }
    }
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  private static boolean ended(Unit unit) {
    ContainerState state = unit.status().state();
    return unit.removed() || state == ContainerState.EXITED || state == ContainerState.DEAD;
  }
}

package io.jcompose.engine;

import io.jcompose.engine.log.LogLine;
import io.jcompose.engine.log.LogPlace;
import io.jcompose.engine.log.LogReader;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.plan.ContainerState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Shows what a project's containers say as they say it: a thread for each container that runs, also for those
 * that are started later. Of a container that has ended, every line comes, and then the word that it has.
 */
public final class LogFollower {
  private static final System.Logger LOG = System.getLogger("engine.logs");
  private final Units units;
  private final Events events;
  private final LogWatcher watcher;
  private final ProjectLocks locks;
  private final LogRequest request;
  private final FollowedOutput sink;
  private final Cancellation cancellation;
  private final Set<String> following = new HashSet<>();
  private final Map<String, FollowedPlace> places = new HashMap<>();
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private boolean staying;
  private boolean ending;
  private boolean outputClosed;

  LogFollower(
      Units units,
      Events events,
      LogWatcher watcher,
      ProjectLocks locks,
      LogRequest request,
      FollowedOutput sink,
      Cancellation cancellation) {
    this.units = units;
    this.events = events;
    this.watcher = watcher;
    this.locks = locks;
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
        while ((!following.isEmpty() || moreMayCome() || staying && !ending) && !over()) {
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

  /** As {@link #run}, but until asked to end: containers may be started that are not there or have ended. */
  public void runOn() {
    synchronized (this) {
      staying = true;
    }
    run();
  }

  /**
   * Whether another command is about to start a container, one that has been made to take another's place, say, or
   * one that it has stopped to start it again. That wakes this one when it has ended.
   */
  private boolean moreMayCome() {
    return !ending && (successorComes() || projects().anyMatch(name -> locks.bringsUp(name, this::wakeAll)));
  }

  /** Whose commands may start what is followed. */
  private Stream<String> projects() {
    return request.containers().isEmpty()
        ? Stream.of(request.project())
        : Logs.wanted(units, request).stream().map(unit -> unit.record().project()).filter(name -> !name.isEmpty());
  }

  private boolean successorComes() {
    return Logs.wanted(units, request).stream()
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
    Optional<FollowedPlace> from;
    synchronized (this) {
      String id = unit.record().id();
      from = Optional.ofNullable(places.get(id)).or(() -> sink.left(id));
      boolean nothingNew = ended(unit) && from.isPresent() && from.get().toldEnd() == unit.status().run();
      if (over() || nothingNew || !following.add(id)) {
        return;
      }
    }
    Thread.ofPlatform()
        .name("log-" + unit.record().name())
        .daemon()
        .stackSize(256 * 1024)
        .start(() -> follow(unit, tail, from));
  }

  private void follow(Unit unit, long tail, Optional<FollowedPlace> from) {
    String id = unit.record().id();
    try {
      new Followed(unit, from, tail).run();
      unit.awaitCalmly(u -> !u.supervisor().restarting() || cancellation.gone(), cancellation);
    } catch (CancelledException e) {
      // Nobody waits for its next run.
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
        following.remove(id);
        if (!ending && unit.status().state() == ContainerState.RUNNING) {
          // It was started again while its end was being shown: that event found it still followed.
          begin(unit, -1);
        }
        notifyAll();
      }
    }
  }

  /** One container, until it ends. */
  private final class Followed implements LogReader.Lines {
    private final Unit unit;
    private final FollowedOutput.Lines to;
    private final FollowedPlace from;
    private LogPlace at;

    Followed(Unit unit, Optional<FollowedPlace> left, long tail) {
      this.unit = unit;
      this.to = sink.of(unit.record().id());
      this.from = left.orElseGet(() -> tail < 0 ? FollowedPlace.BEGINNING : lastLines(tail));
      this.at = from.log();
    }

    private FollowedPlace lastLines(long tail) {
      return new FollowedPlace(new LogReader(unit.logFolder()).tail(tail), 0);
    }

    void run() {
      pause(at);
      new LogReader(unit.logFolder())
          .follow(at, this, watcher, () -> over() || isEnding() || ended(unit), wakes::add);
      if (ended(unit)) {
        tellEnd();
      }
      synchronized (LogFollower.this) {
        places.put(unit.record().id(), new FollowedPlace(at, toldEnd()));
      }
    }

    private int toldEnd() {
      return ended(unit) ? unit.status().run() : from.toldEnd();
    }

    private void tellEnd() {
      if (over()) {
        return;
      }
      if (unit.removed()) {
        sink.forget(unit.record().id());
      } else if (unit.status().finished() >= request.sinceNanos()) {
        LogLine word = LogLine.mark("exited with code " + unit.status().exitCode());
        to.line(Logs.line(unit.record(), word), () -> new FollowedPlace(at, toldEnd()));
        to.pause(new FollowedPlace(at, toldEnd()));
      }
    }

    @Override
    public void line(LogLine line, Supplier<LogPlace> place) {
      if (!over() && request.wants(line.nanos())) {
        to.line(Logs.line(unit.record(), line), () -> new FollowedPlace(place.get(), from.toldEnd()));
      }
    }

    @Override
    public void pause(LogPlace place) {
      if (!over()) {
        at = place;
        to.pause(new FollowedPlace(place, from.toldEnd()));
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

package io.jcompose.engine;

import io.jcompose.container.KeeperGoneException;
import io.jcompose.container.Signals;
import io.jcompose.container.cgroup.Limits;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.StateStore;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Clock;
import io.jcompose.linux.Fd;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One container and what becomes of it. Changing operations take turns on {@link #operation}; facts are read
 * and waited for on the monitor, so an exit is known at once even while a stop waits for it.
 */
final class Unit {
  private static final System.Logger LOG = System.getLogger("engine.unit");
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);
  private static final int SIGKILL = 9;

  private final Starter starter;
  private final StateStore store;
  private final Events events;
  private final Timers timers;
  private final Consumer<Unit> discard;
  private final Holds holds = new Holds(this::discardIfDone);
  private final ReentrantLock operation = new ReentrantLock();
  private final Patience patience = new Patience(this::changed);
  private final RestartBackoff backoff = new RestartBackoff();
  private ContainerRecord record;
  private ContainerStatus status;
  private Optional<Live> live = Optional.empty();
  private Optional<HealthMonitor> health = Optional.empty();
  private int healthWaiters;
  private int signalling;
  private volatile boolean restarting;
  private Timers.Handle pendingRestart = () -> {};
  private long restartPause;
  private long restartDue;
  private long runBegan;
  private long ranMillis;
  private boolean removed;
  private final AtomicInteger discarding = new AtomicInteger();
  private int lastExit;

  Unit(
      ContainerRecord record,
      ContainerStatus status,
      Starter starter,
      StateStore store,
      Events events,
      Timers timers,
      Consumer<Unit> discard) {
    this.record = record;
    this.status = status;
    this.lastExit = status.exitCode();
    this.starter = starter;
    this.store = store;
    this.events = events;
    this.timers = timers;
    this.discard = discard;
  }

  synchronized ContainerRecord record() {
    return record;
  }

  synchronized ContainerStatus status() {
    return status;
  }

  synchronized Health health() {
    return health.map(HealthMonitor::health).orElse(Health.NONE);
  }

  synchronized Optional<HealthMonitor> healthMonitor() {
    return health;
  }

  synchronized Optional<Live> live() {
    return live;
  }

  /** A start by its restart policy that is to come, in milliseconds. */
  record NextRestart(long left, long pause) {}

  synchronized Optional<NextRestart> nextRestart() {
    return status.state() == ContainerState.RESTARTING && restartPause > 0
        ? Optional.of(new NextRestart(Math.max(0, restartDue - Clock.monotonicMillis()), restartPause))
        : Optional.empty();
  }

  /** Where the keeper writes what the container says. */
  Path logFolder() {
    return store.containerFolder(record().id());
  }

  synchronized boolean removed() {
    return removed;
  }

  /** Waits until {@code condition} holds; it is asked again after every change of state or health. */
  void await(Predicate<Unit> condition, Cancellation cancellation) {
    synchronized (this) {
      healthWaiters++;
      health.ifPresent(monitor -> monitor.waitedFor(true));
    }
    try {
      awaitCalmly(condition, cancellation);
    } finally {
      synchronized (this) {
        healthWaiters--;
        health.ifPresent(monitor -> monitor.waitedFor(healthWaiters > 0));
      }
    }
  }

  /** As {@link #await}, by somebody to whom its health makes no difference: it isn't probed any faster. */
  void awaitCalmly(Predicate<Unit> condition, Cancellation cancellation) {
    try (Cancellation.Registration registration = cancellation.onRequest(this::changed)) {
      synchronized (this) {
        while (!condition.test(this)) {
          if (cancellation.requested()) {
            throw new CancelledException();
          }
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** While held, a container that goes by itself when it has ended stays. */
  Cancellation.Registration hold() {
    return holds.take();
  }

  private void discardIfDone() {
    boolean done;
    synchronized (this) {
      // A start that failed is an end, too; one that was never tried is none.
      boolean ended = status.state() == ContainerState.EXITED || status.state() == ContainerState.CREATED && status.run() > 0;
      done = ended && live.isEmpty() && !removed && record.lifetime().removedAtEnd();
    }
    if (done && holds.none()) {
      discarding.incrementAndGet();
      timers.now(
          () -> {
            try {
              discard.accept(this);
            } finally {
              discarding.decrementAndGet();
              changed();
            }
          });
    }
  }

  /** Whether it has gone, and with it all that was to go with it. */
  boolean gone() {
    return removed() && discarding.get() == 0;
  }

  synchronized boolean waitedFor() {
    return healthWaiters > 0;
  }

  /** Wakes whoever waits for a condition. */
  synchronized void changed() {
    notifyAll();
  }

  private void set(ContainerStatus changed) {
    synchronized (this) {
      boolean known = changed.equals(status);
      status = changed;
      try {
        if (!removed && !known) {
          store.saveStatus(record.id(), changed);
        }
      } catch (UncheckedIOException e) {
        // What happened has happened, on a full disk too; the next engine learns it from the keeper.
        LOG.log(System.Logger.Level.WARNING, record.name() + ": " + e.getMessage());
      } finally {
        notifyAll();
      }
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
    operation.lock();
    try {
      pendingRestart.cancel();
      if (removed()) {
        throw new EngineException("No such container: " + record().name());
      }
      if (status().state() == ContainerState.RUNNING) {
        return List.of();
      }
      if (status().state() == ContainerState.PAUSED) {
        unpause();
        return List.of();
      }
      release();
      backoff.reset();
      set(status().withoutRestarts());
      return startRun(size);
    } catch (StartFailedException e) {
      set(status().startFailed(e.exitCode(), e.getMessage()));
      throw e;
    } catch (RuntimeException e) {
      set(status().startFailed(125, String.valueOf(e.getMessage())));
      throw e;
    } finally {
      operation.unlock();
      discardIfDone();
    }
  }

  /** When it throws, nothing of the run is left but its number. Returns warnings for the user. */
  private List<String> startRun(TerminalSize size) {
    ContainerStatus before = status();
    int run = before.run() + 1;
    set(before.starting(run));
    synchronized (this) {
      runBegan = Clock.monotonicMillis();
    }
    Fault.point("unit.starting");
    try {
      Live next = live().isPresent() ? live().get() : starter.prepare(record());
      synchronized (this) {
        live = Optional.of(next);
      }
      Live.Begun begun = next.start(run, size);
      Fault.point("unit.begun");
      synchronized (this) {
        set(status.running(begun.pid(), begun.startTicks(), begun.nanos()));
        health = HealthMonitor.begin(this, record.health(), next);
      }
      Fault.point("unit.running");
      publish(Event.Kind.START, begun.nanos(), 0);
      next.watch(run, this::exited);
      return begun.warnings().stream().map(warning -> record().name() + ": " + warning).toList();
    } catch (KeeperGoneException e) {
      release();
      throw StartFailedException.of(record().name(), e.getMessage(), StartFailedException.NOT_STARTED, e);
    } catch (RuntimeException e) {
      release();
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
    synchronized (this) {
      if (run != status.run() || status.state() != ContainerState.RUNNING && status.state() != ContainerState.PAUSED) {
        return;
      }
      oom = live.map(Live::oomKilled).orElse(false);
      health.ifPresent(HealthMonitor::end);
      health = Optional.empty();
      setEnded(code, oom, nanos, why);
    }
    awaitSignalsTold();
    if (oom) {
      publish(Event.Kind.OOM, nanos, code);
    }
    publish(Event.Kind.DIE, nanos, code);
    settle();
  }

  /**
   * Notes an exit and what its policy makes of it in one, so that nobody (and no next engine) ever sees a
   * container as ended for good that is about to be started again.
   */
  private void setEnded(int code, boolean oom, long nanos, String why) {
    synchronized (this) {
      lastExit = code;
      ranMillis = Clock.monotonicMillis() - runBegan;
      ContainerStatus ended = status.exited(code, oom, nanos, oom ? "killed for want of memory" : why);
      set(RestartBackoff.afterExit(ended, record.restart()));
    }
  }

  /** After an exit: the policy starts it again, or what it had is released. */
  private void settle() {
    operation.lock();
    try {
      ContainerStatus now = status();
      if (removed()) {
        return;
      }
      if (now.state() == ContainerState.RESTARTING) {
        live().ifPresent(Live::runEnded);
        long pause;
        synchronized (this) {
          pause = backoff.next(ranMillis);
          restartPause = pause;
          restartDue = Clock.monotonicMillis() + pause;
        }
        pendingRestart = timers.after(pause, this::restartNow);
      } else if (now.state() == ContainerState.EXITED) {
        release();
        discardIfDone();
      }
    } finally {
      operation.unlock();
    }
  }

  private void restartNow() {
    operation.lock();
    try {
      if (status().state() == ContainerState.RESTARTING && !removed()) {
        startRun(TerminalSize.UNKNOWN);
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, record().name() + " could not be restarted: " + e.getMessage());
      ContainerStatus failed = status();
      int code = failed.exitCode() == 0 ? 125 : failed.exitCode();
      setEnded(code, false, Clock.wallNanos(), String.valueOf(e.getMessage()));
      timers.now(this::settle);
    } finally {
      operation.unlock();
    }
  }

  /**
   * Stops it: its stop signal, and SIGKILL to all of it after the grace period.
   *
   * @param grace in place of its own; negative: wait for ever
   */
  void stop(Optional<Duration> grace) {
    stop(Optional.empty(), grace);
  }

  /** As {@link #stop(Optional)}, with another signal than its own. */
  void stop(Optional<Integer> signal, Optional<Duration> grace) {
    takeTurn(grace);
    try {
      pendingRestart.cancel();
      ContainerStatus before = status();
      set(before.withStoppedByUser(true));
      Fault.point("unit.stopping");
      switch (before.state()) {
        case RUNNING, PAUSED -> {
          endProcess(signal, graceMillis(grace));
        }
        case RESTARTING -> set(status().withState(ContainerState.EXITED));
        default -> {
          return;
        }
      }
      release();
      Fault.point("unit.stopped");
      publish(Event.Kind.STOP, Clock.wallNanos(), 0);
    } finally {
      operation.unlock();
    }
  }

  private long graceMillis(Optional<Duration> grace) {
    return grace.map(Duration::toMillis).orElse(record().spec().stop().graceMillis());
  }

  /** While held, no stop of it waits longer than one with this grace period would that began now. */
  Cancellation.Registration hurry(Optional<Duration> grace) {
    return patience.limit(graceMillis(grace));
  }

  /** Waits for its turn, for a stop under way no longer than this grace period. */
  private void takeTurn(Optional<Duration> grace) {
    try (Cancellation.Registration hurried = hurry(grace)) {
      operation.lock();
    }
  }

  private void endProcess(Optional<Integer> signal, long graceMillis) {
    Live now = live().orElseThrow();
    thawed();
    boolean told = signal.isPresent() ? now.signal(signal.get()) : now.stopSignal();
    Fault.point("unit.signalled");
    // Without a signal that could be sent there is nothing to be gracious about.
    long limit = told ? graceMillis : Math.min(2000, Math.max(0, graceMillis));
    long began = Clock.monotonicMillis();
    if (!awaitEnd(() -> patience.deadline(began, limit))) {
      now.kill(KILL_LIMIT);
      awaitKilled();
    }
  }

  private void awaitKilled() {
    long until = Clock.monotonicMillis() + KILL_LIMIT.toMillis();
    if (!awaitEnd(() -> until)) {
      throw new EngineException(
          "container " + record().name() + " could not be killed: a process of it hangs in the"
              + " kernel; \"jcompose down\" tries again");
    }
  }

  /**
   * Whether its run has ended within a time.
   *
   * @param deadline asked again after every change: when that is, on the monotonic clock; {@link Long#MAX_VALUE}: never
   */
  private boolean awaitEnd(LongSupplier deadline) {
    synchronized (this) {
      try {
        int run = status.run();
        while (status.run() == run
            && (status.state() == ContainerState.RUNNING || status.state() == ContainerState.PAUSED)) {
          long left = deadline.getAsLong() - Clock.monotonicMillis();
          if (left <= 0) {
            return false;
          }
          wait(left);
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /**
   * Sends a signal to its first process, which goes on if it was paused; what it does is its own matter, but a
   * killed one has ended on return. What ends a container also ends its being restarted.
   */
  void signal(int signal) {
    boolean ends = signal == SIGKILL || signal == Signals.parse(record().spec().stop().signal());
    Live now = null;
    synchronized (this) {
      if (!ends || status.state() != ContainerState.RESTARTING) {
        now = runningLive();
        if (ends) {
          // On disk too: an engine that follows this one must not start again what was killed.
          set(status.withStoppedByUser(true));
        }
        signalling++;
      }
    }
    if (now == null) {
      stop(Optional.of(signal), signal == SIGKILL ? Optional.of(Duration.ZERO) : Optional.empty());
      return;
    }
    try {
      if (!now.signal(signal)) {
        return; // it has ended meanwhile
      }
      publish(Event.Kind.KILL, Map.of("signal", Integer.toString(signal)));
    } finally {
      synchronized (this) {
        signalling--;
        notifyAll();
      }
    }
    thawed();
    if (signal == SIGKILL) {
      awaitKilled();
    }
  }

  /** What a signal has done is told after the signal. */
  private synchronized void awaitSignalsTold() {
    boolean interrupted = false;
    while (signalling > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Live runningLive() {
    if (!status.state().hasProcess()) {
      throw new EngineException("container " + record.name() + " is not running");
    }
    return live.orElseThrow();
  }

  /** Freezes all its processes. */
  void pause() {
    operation.lock();
    try {
      if (status().state() == ContainerState.PAUSED) {
        throw new EngineException("container " + record().name() + " is already paused");
      }
      Live now = runningLive();
      now.freeze(FREEZE_LIMIT);
      synchronized (this) {
        if (status.state() != ContainerState.RUNNING) {
          now.thaw();
          throw new EngineException("container " + record.name() + " is not running");
        }
        health.ifPresent(monitor -> monitor.suspend(true));
        set(status.withState(ContainerState.PAUSED));
      }
      publish(Event.Kind.PAUSE, Map.of());
    } finally {
      operation.unlock();
    }
  }

  /**
   * Runs {@code work} while none of its processes does, which nobody takes for a pause; other operations wait.
   *
   * @param whenFrozen is told before its processes are held, so that they can be let go should the engine die
   */
  <T> T whileHeld(Runnable whenFrozen, Supplier<T> work) {
    operation.lock();
    try {
      Optional<Live> held = status().state() == ContainerState.RUNNING ? live() : Optional.empty();
      if (held.isPresent()) {
        whenFrozen.run();
        held.get().freeze(FREEZE_LIMIT);
      }
      healthMonitor().ifPresent(monitor -> monitor.suspend(true));
      try {
        return work.get();
      } finally {
        held.ifPresent(Live::thaw);
        healthMonitor().ifPresent(monitor -> monitor.suspend(status().state() == ContainerState.PAUSED));
      }
    } finally {
      operation.unlock();
    }
  }

  /** Does several things to it, a stop and a start among them if need be, as one operation: those of others wait. */
  void exclusively(Runnable work) {
    operation.lock();
    try {
      work.run();
    } finally {
      operation.unlock();
    }
  }

  /** Lets its processes go on. */
  void unpause() {
    operation.lock();
    try {
      if (!thawed()) {
        throw new EngineException("container " + record().name() + " is not paused");
      }
    } finally {
      operation.unlock();
    }
  }

  /** Lets its processes go on if they were frozen; false if not. */
  private boolean thawed() {
    synchronized (this) {
      if (status.state() != ContainerState.PAUSED) {
        return false;
      }
      live.orElseThrow().thaw();
      set(status.withState(ContainerState.RUNNING));
      health.ifPresent(monitor -> monitor.suspend(false));
    }
    publish(Event.Kind.UNPAUSE, Map.of());
    return true;
  }

  /** Stops it if it runs, as {@link #stop} does, and starts it. */
  void restart(Optional<Integer> signal, Optional<Duration> grace) {
    takeTurn(grace);
    try {
      restarting = true;
      stop(signal, grace);
      start();
      publish(Event.Kind.RESTART, Map.of());
    } finally {
      restarting = false;
      operation.unlock();
      changed();
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
    int run = status().run();
    awaitCalmly(
        u -> cancellation.gone() || u.removed() || u.status().run() != run || !u.status().state().hasProcess(),
        cancellation);
    synchronized (this) {
      return lastExit;
    }
  }

  /** Changes what it may use and when it is started again, at once; returns warnings for the user. */
  List<String> update(ContainerUpdate update) {
    operation.lock();
    try {
      ContainerRecord before = record();
      Limits limits = update.applied(before.spec().limits());
      List<String> warnings =
          status().state().hasProcess() ? starter.cgroups().update(before.id(), limits) : List.of();
      ContainerRecord changed =
          before.withSpec(before.spec().withLimits(limits)).withRestart(update.restart().orElse(before.restart()));
      synchronized (this) {
        record = changed;
        store.saveRecord(changed);
      }
      publish(Event.Kind.UPDATE, Map.of());
      return warnings;
    } finally {
      operation.unlock();
    }
  }

  /** Runs {@code work} with its root as it is now; one that does not run can't be started meanwhile. */
  <T> T withRoot(Function<Fd, T> work) {
    Optional<Fd> root =
        status().state().hasProcess()
            ? live().flatMap(l -> starter.runtime().rootIfRunning(l.keeper()))
            : Optional.empty(); // one that is about to start has a root without its mounts
    if (root.isPresent()) {
      try (Fd fd = root.get()) {
        return work.apply(fd);
      }
    }
    operation.lock();
    try {
      if (status().state().hasProcess()) {
        return withRoot(work);
      }
      try (Fd fd = starter.stoppedRoot(record())) {
        return work.apply(fd);
      }
    } finally {
      operation.unlock();
    }
  }

  /** Removes it, running or not, with its writable layer and its log. */
  void remove() {
    takeTurn(Optional.of(Duration.ZERO));
    try {
      pendingRestart.cancel();
      if (removed()) {
        return;
      }
      ContainerStatus before = status();
      if (before.state() == ContainerState.RUNNING || before.state() == ContainerState.PAUSED) {
        set(before.withStoppedByUser(true));
        live().ifPresent(l -> l.kill(KILL_LIMIT));
        awaitKilled();
      }
      release();
      synchronized (this) {
        removed = true;
        notifyAll();
      }
      try {
        Fault.point("unit.removing");
        // First: a folder that has lost a part of its own must never be taken for a container.
        store.removeRecord(record().id());
        Fault.point("unit.unrecorded");
        starter.forget(record());
        Fault.point("unit.forgotten");
        store.removeContainer(record().id());
      } catch (RuntimeException e) {
        // It is still there, and the next attempt must not take it for gone.
        synchronized (this) {
          removed = false;
        }
        throw e;
      }
      publish(Event.Kind.DESTROY, Clock.wallNanos(), 0);
      Fault.point("unit.removed");
    } finally {
      operation.unlock();
    }
  }

  /** Removes it unless it runs when its turn has come; returns whether it went. */
  boolean removeIfStopped() {
    if (status().state().active()) {
      return false; // at once: its turn may come late while it is being stopped
    }
    operation.lock();
    try {
      if (removed() || status().state().active()) {
        return false;
      }
      remove();
      return true;
    } finally {
      operation.unlock();
    }
  }

  void rename(String name) {
    String before = record().name();
    operation.lock();
    try {
      synchronized (this) {
        record = Renaming.to(record, name);
        store.saveRecord(record);
      }
      live().ifPresent(l -> l.renamed(record()));
      publish(Event.Kind.RENAME, Map.of("oldName", before));
    } finally {
      operation.unlock();
    }
  }

  /**
   * Changes its attachments: when it runs, its interfaces, names and ports follow, or nothing is changed.
   *
   * @param change makes the new record of the one that it has when its turn comes
   */
  void attach(UnaryOperator<ContainerRecord> change) {
    operation.lock();
    try {
      ContainerRecord before = record();
      if (removed()) {
        throw new EngineException("No such container: " + before.name());
      }
      ContainerRecord changed = change.apply(before);
      keep(changed);
      try {
        live().ifPresent(l -> l.attach(changed));
      } catch (RuntimeException e) {
        keep(before);
        throw e;
      }
    } finally {
      operation.unlock();
    }
  }

  private synchronized void keep(ContainerRecord changed) {
    store.saveRecord(changed);
    record = changed;
  }

  /** Gives back what a running container holds in the kernel. */
  private void release() {
    Optional<Live> held;
    synchronized (this) {
      held = live;
      live = Optional.empty();
      health.ifPresent(HealthMonitor::end);
      health = Optional.empty();
    }
    held.ifPresent(Live::close);
  }

  /** Takes over a container that ran on without an engine. */
  void adopt(Live running, int pid, long startTicks, long started) {
    operation.lock();
    try {
      synchronized (this) {
        live = Optional.of(running);
        ContainerState now = running.frozen() ? ContainerState.PAUSED : ContainerState.RUNNING;
        set(
            new ContainerStatus(
                now, status.run(), pid, startTicks, started, 0, 0, false, "",
                status.restarts(), status.stoppedByUser(), status.health()));
        health = HealthMonitor.begin(this, record.health(), running);
        health.ifPresent(monitor -> monitor.suspend(now == ContainerState.PAUSED));
      }
      running.watch(status().run(), this::exited);
    } finally {
      operation.unlock();
    }
  }

  /** An engine before this one began a run that its record does not show. */
  void alignRun(int run) {
    synchronized (this) {
      if (run != status.run()) {
        status = status.starting(run);
      }
    }
  }

  /** Takes note of what the container's check says now. */
  void noteHealth(Health now) {
    set(status().withHealth(now));
  }

  /** Keeps what a container between two runs holds in the kernel. */
  synchronized void hold(Live between) {
    live = Optional.of(between);
  }

  /** It ended while no engine ran. */
  void endedUnseen(Optional<Live> remains, int code, long nanos, String why) {
    operation.lock();
    try {
      boolean oom = remains.map(Live::oomKilled).orElse(false);
      synchronized (this) {
        live = remains;
        setEnded(code, oom, nanos, why);
      }
      publish(Event.Kind.DIE, nanos, code);
    } finally {
      operation.unlock();
    }
    timers.now(this::settle);
  }

  /** After a start of the host: it is started again as if its policy had just asked for it. */
  void comeBack() {
    synchronized (this) {
      set(status.restarting());
    }
    timers.now(this::restartNow);
  }

  /** After a restart of the engine: goes on with what was to follow the last exit. */
  void resume() {
    timers.now(this::settle);
  }

  void publish(Event.Kind kind, long nanos, int code) {
    events.publish(Event.of(record(), kind, nanos, code, Map.of()));
  }

  /** Something that happens now, with what there is to tell about it. */
  void publish(Event.Kind kind, Map<String, String> details) {
    events.publish(Event.of(record(), kind, Clock.wallNanos(), 0, details));
  }
}

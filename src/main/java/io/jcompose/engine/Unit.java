package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.ContainerStatus;
import io.jcompose.engine.state.StateStore;
import io.jcompose.linux.Clock;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One container: what is known of it, and who changes that. Changing operations take turns on {@link #operation};
 * facts are read and waited for on the monitor, so an exit is known at once even while a stop waits for it.
 */
final class Unit {
  private static final System.Logger LOG = System.getLogger("engine.unit");

  private final StateStore store;
  private final Events events;
  private final ReentrantLock operation = new ReentrantLock();
  private final Supervisor supervisor;
  private final Termination termination = new Termination(this);
  private final Freezer freezer = new Freezer(this);
  private final Amendments amendments;
  private final Disposal disposal;
  private ContainerRecord record;
  private ContainerStatus status;
  private Optional<Live> live = Optional.empty();
  private Optional<HealthMonitor> health = Optional.empty();
  private int healthWaiters;
  private boolean removed;

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
    this.store = store;
    this.events = events;
    supervisor = new Supervisor(this, starter, timers, status.exitCode());
    amendments = new Amendments(this, starter);
    disposal = new Disposal(this, starter, store, timers, discard);
  }

  /** Is held by whoever changes the container. */
  ReentrantLock operation() {
    return operation;
  }

  /** Starts it, and starts it again. */
  Supervisor supervisor() {
    return supervisor;
  }

  /** Stops and kills it. */
  Termination termination() {
    return termination;
  }

  /** Pauses it. */
  Freezer freezer() {
    return freezer;
  }

  /** Changes its record. */
  Amendments amendments() {
    return amendments;
  }

  /** Removes it. */
  Disposal disposal() {
    return disposal;
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

  /** What it has in the kernel; an error when it doesn't run. */
  synchronized Live runningLive() {
    if (!status.state().hasProcess()) {
      throw new EngineException("container " + record.name() + " is not running");
    }
    return live.orElseThrow();
  }

  synchronized boolean removed() {
    return removed;
  }

  /** Where the keeper writes what the container says. */
  Path logFolder() {
    return store.containerFolder(record().id());
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

  synchronized boolean waitedFor() {
    return healthWaiters > 0;
  }

  /** Wakes whoever waits for a condition. */
  synchronized void changed() {
    notifyAll();
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

  /**
   * Its status is another one now, on disk too. An exit is noted by whoever learns of it, so that nobody may write
   * back what was read before it.
   *
   * @return what it was
   */
  synchronized ContainerStatus change(UnaryOperator<ContainerStatus> change) {
    ContainerStatus before = status;
    status = change.apply(before);
    try {
      if (!removed && !status.equals(before)) {
        store.saveStatus(record.id(), status);
      }
    } catch (UncheckedIOException e) {
      // What happened has happened, on a full disk too; the next engine learns it from the keeper.
      LOG.log(System.Logger.Level.WARNING, record.name() + ": " + e.getMessage());
    } finally {
      notifyAll();
    }
    return before;
  }

  /** Its record is another one now, or, when that can't be written down, the one that it was. */
  synchronized void set(ContainerRecord changed) {
    store.saveRecord(changed);
    record = changed;
  }

  /** An engine before this one began a run that its record does not show. */
  synchronized void alignRun(int run) {
    if (run != status.run()) {
      status = status.starting(run);
    }
  }

  /** It is gone, or, when that failed, still there. */
  synchronized void removed(boolean now) {
    removed = now;
    notifyAll();
  }

  /** From now on it holds this in the kernel. */
  synchronized void hold(Optional<Live> held) {
    live = held;
  }

  /** Its first process runs, or is frozen, in {@code held}, and is probed if it has a check. */
  synchronized void running(Live held, UnaryOperator<ContainerStatus> change) {
    live = Optional.of(held);
    change(change);
    health = HealthMonitor.begin(this, record.health(), held);
    health.ifPresent(monitor -> monitor.suspend(status.state() == ContainerState.PAUSED));
  }

  /** Its first process has ended. */
  synchronized void ended(ContainerStatus changed) {
    endProbes();
    change(_ -> changed);
  }

  private void endProbes() {
    health.ifPresent(HealthMonitor::end);
    health = Optional.empty();
  }

  /** Gives back what it holds in the kernel. */
  void release() {
    Optional<Live> held;
    synchronized (this) {
      held = live;
      live = Optional.empty();
      endProbes();
    }
    held.ifPresent(Live::close);
  }

  /** Takes note of what the container's check says now. */
  void noteHealth(Health now) {
    change(before -> before.state().hasProcess() ? before.withHealth(now) : before);
  }

  void publish(Event.Kind kind, long nanos, int code) {
    events.publish(Event.of(record(), kind, nanos, code, Map.of()));
  }

  /** Something that happens now, with what there is to tell about it. */
  void publish(Event.Kind kind, Map<String, String> details) {
    events.publish(Event.of(record(), kind, Clock.wallNanos(), 0, details));
  }
}

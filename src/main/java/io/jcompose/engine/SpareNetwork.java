package io.jcompose.engine;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Keeps a network namespace ready for the next start, which would spend an eighth of its time on one: it is the same for
 * every container. None is kept unless one was used lately.
 */
final class SpareNetwork {
  private static final System.Logger LOG = System.getLogger(SpareNetwork.class.getName());

  private final Supplier<NamedNetwork> make;
  private final Executor worker;
  private final Timers timers;
  private final long unusedMillis;
  private boolean wanted;
  private boolean making;
  private Optional<NamedNetwork> spare = Optional.empty();
  private Timers.Handle end = () -> {};

  /**
   * @param worker makes the next one
   * @param unusedMillis after which one goes that nobody has taken
   */
  SpareNetwork(Supplier<NamedNetwork> make, Executor worker, Timers timers, long unusedMillis) {
    this.make = make;
    this.worker = worker;
    this.timers = timers;
    this.unusedMillis = unusedMillis;
  }

  /** The one that is ready, or a new one; the caller's. */
  NamedNetwork take() {
    return taken().orElseGet(make);
  }

  private synchronized Optional<NamedNetwork> taken() {
    wanted = true;
    end.cancel();
    Optional<NamedNetwork> there = spare;
    spare = Optional.empty();
    return there;
  }

  /** Makes the next one if one was taken; to be called when nobody waits for who took it. */
  void renew() {
    synchronized (this) {
      if (!wanted || making || spare.isPresent()) {
        return;
      }
      wanted = false;
      making = true;
    }
    worker.execute(this::makeNext);
  }

  private void makeNext() {
    Optional<NamedNetwork> made = Optional.empty();
    try {
      made = Optional.of(make.get());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next start makes its own network namespace", e);
    }
    synchronized (this) {
      making = false;
      spare = made;
      end = timers.after(unusedMillis, this::discard);
    }
  }

  private synchronized void discard() {
    spare.ifPresent(NamedNetwork::close);
    spare = Optional.empty();
  }
}

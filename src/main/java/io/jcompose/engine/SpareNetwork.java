package io.jcompose.engine;

import io.jcompose.network.Endpoints;
import java.util.Optional;

/**
 * Keeps a network namespace ready for the next start, which would spend an eighth of its time on one: it is the same for
 * every container. None is kept unless one was used lately.
 */
final class SpareNetwork {
  private static final System.Logger LOG = System.getLogger(SpareNetwork.class.getName());
  private static final long UNUSED_MILLIS = 10_000;

  private final Endpoints endpoints;
  private final Timers timers;
  private boolean wanted;
  private Optional<NamedNetwork> spare = Optional.empty();
  private Timers.Handle end = () -> {};

  SpareNetwork(Endpoints endpoints, Timers timers) {
    this.endpoints = endpoints;
    this.timers = timers;
  }

  /** The one that is ready, or a new one; the caller's. */
  NamedNetwork take() {
    return taken().orElseGet(() -> NamedNetwork.make(endpoints));
  }

  private synchronized Optional<NamedNetwork> taken() {
    wanted = true;
    end.cancel();
    Optional<NamedNetwork> there = spare;
    spare = Optional.empty();
    return there;
  }

  /** Makes the next one if one was taken; to be called when nobody waits for what the processors do. */
  void renew() {
    synchronized (this) {
      if (!wanted) {
        return;
      }
      wanted = false;
    }
    timers.now(
        () -> {
          try {
            put(NamedNetwork.make(endpoints));
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the next start makes its own network namespace", e);
          }
        });
  }

  private synchronized void put(NamedNetwork made) {
    spare.ifPresent(NamedNetwork::close);
    spare = Optional.of(made);
    end.cancel();
    end = timers.after(UNUSED_MILLIS, this::discard);
  }

  private synchronized void discard() {
    spare.ifPresent(NamedNetwork::close);
    spare = Optional.empty();
  }
}

package io.jcompose.engine;

import io.jcompose.container.Keeper;
import io.jcompose.container.Keepers;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Clock;
import io.jcompose.linux.LinuxException;
import io.jcompose.network.Endpoint;
import io.jcompose.network.Network;
import io.jcompose.network.Networks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What an engine that was killed has left of containers that no record names: steps of a build, and containers
 * that it was just creating or removing. Every part is tried, whatever became of the others.
 */
final class Leftovers {
  private static final System.Logger LOG = System.getLogger("engine.leftovers");
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final long REAP_LIMIT_MILLIS = 20_000;
  private static final long REAP_PAUSE_NANOS = 500_000;
  private final Cgroups cgroups;
  private final Keepers keepers;
  private final Networks networks;
  private final SecretStore secrets;

  Leftovers(Cgroups cgroups, Keepers keepers, Networks networks, SecretStore secrets) {
    this.cgroups = cgroups;
    this.keepers = keepers;
    this.networks = networks;
    this.secrets = secrets;
  }

  /** What {@link #sweep} would end and remove, each in words. */
  List<String> find(Set<String> known) {
    Set<String> shortIds = known.stream().map(id -> id.substring(0, 12)).collect(Collectors.toSet());
    List<String> found = new ArrayList<>();
    cgroups.containers().stream().filter(id -> !known.contains(id)).forEach(id -> found.add("control group of " + id));
    keepers.containers().stream().filter(id -> !shortIds.contains(id)).forEach(id -> found.add("keeper of " + id));
    networks.list().stream()
        .flatMap(network -> networks.endpoints().of(network.id()).stream())
        .filter(endpoint -> !known.contains(endpoint.owner()))
        .forEach(endpoint -> found.add("address of " + endpoint.owner()));
    networks.leftovers().links().forEach(name -> found.add("link " + name));
    networks.leftovers().tables().forEach(name -> found.add("firewall table " + name));
    return found;
  }

  /** Ends and removes whatever belongs to none of {@code known}, the ids of all containers. */
  void sweep(Set<String> known) {
    Set<String> shortIds = known.stream().map(id -> id.substring(0, 12)).collect(Collectors.toSet());
    cgroups.containers().stream()
        .filter(id -> !known.contains(id))
        .forEach(id -> attempt("control group of " + id, () -> endGroup(id)));
    keepers.containers().stream()
        .filter(id -> !shortIds.contains(id))
        .forEach(id -> attempt("keeper of " + id, () -> endKeeper(id)));
    attempt("content of secrets", () -> secrets.forgetOthers(shortIds));
    for (Network network : networks.list()) {
      for (Endpoint endpoint : networks.endpoints().of(network.id())) {
        if (!known.contains(endpoint.owner())) {
          attempt("address of " + endpoint.owner(), () -> networks.endpoints().release(endpoint));
        }
      }
      if (BuildSteps.ownNetwork(network)) {
        attempt("network of a build", () -> networks.remove(network.id()));
      }
    }
    attempt("links and rules", networks::removeLeftovers);
  }

  /** Ends a container that cannot be taken over: it must not run on unseen. */
  void end(String id) {
    attempt("control group of " + id, () -> endGroup(id));
    attempt("keeper of " + id, () -> endKeeper(id.substring(0, 12)));
  }

  private void endGroup(String id) {
    cgroups.of(id).end(KILL_LIMIT);
  }

  private void endKeeper(String shortId) {
    keepers.adopt(shortId).ifPresent(Leftovers::end);
    keepers.remove(shortId);
  }

  /**
   * Lets a keeper go whose container's processes have been killed. It may have some of them still to reap:
   * each answer comes after a look at those that have ended.
   */
  static void end(Keeper keeper) {
    long deadline = Clock.monotonicMillis() + REAP_LIMIT_MILLIS;
    while (true) {
      try {
        keeper.end();
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.EBUSY) || Clock.monotonicMillis() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(REAP_PAUSE_NANOS);
      }
    }
  }

  private static void attempt(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the " + what + " stays behind", e);
    }
  }
}

package io.jcompose.engine;

import io.jcompose.container.Containers.Started;
import io.jcompose.container.EtcFiles;
import io.jcompose.container.ExecSpec;
import io.jcompose.container.Exit;
import io.jcompose.container.Groundwork;
import io.jcompose.container.Keeper;
import io.jcompose.container.KeeperGoneException;
import io.jcompose.container.Signals;
import io.jcompose.container.StartException;
import io.jcompose.container.StartInputs;
import io.jcompose.container.cgroup.ContainerCgroup;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.network.Endpoint;
import io.jcompose.network.PortReservation;
import io.jcompose.network.dns.DnsSockets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a container has in the kernel from its start to its final stop, across restarts by its policy. */
final class Live implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("engine.live");
  private static final int LOST = 255;
  private final Starter starter;
  private final Keeper keeper;
  private final Optional<Fd> network;
  private volatile List<Endpoint> endpoints;
  private final Optional<DnsSockets> dns;
  private final List<PortReservation> ports;
  private ContainerRecord record;

  /** Of the first run, until it begins. */
  private Optional<Meanwhile<Groundwork>> ground;

  private boolean closed;

  Live(
      Starter starter,
      ContainerRecord record,
      Keeper keeper,
      Optional<Meanwhile<Groundwork>> ground,
      Optional<Fd> network,
      List<Endpoint> endpoints,
      Optional<DnsSockets> dns,
      List<PortReservation> ports) {
    this.starter = starter;
    this.record = record;
    this.keeper = keeper;
    this.ground = ground;
    this.network = network;
    this.endpoints = endpoints;
    this.dns = dns;
    this.ports = ports;
  }

  /** A run that has begun; times in nanoseconds since the epoch. */
  record Begun(int pid, long startTicks, long nanos, List<String> warnings) {}

  /** Is told the end of a run. */
  @FunctionalInterface
  interface Ended {
    void exited(int run, int code, long nanos, String why);
  }

  /** Starts the first process. Throws {@link StartFailedException}; then nothing of this run is left. */
  Begun start(int run, TerminalSize size) {
    EtcFiles etc = starter.etc(record, endpoints, dns.isPresent());
    Map<String, Fd> volumes = Map.of();
    try (JoinedNamespaces namespaces = starter.joined(record)) {
      network.ifPresent(fd -> namespaces.with("network", fd));
      volumes = starter.volumes(record, keeper);
      StartInputs inputs =
          new StartInputs(
              keeper, run, namespaces.byKind(), etc, starter.contents(record), volumes, size.rows(), size.columns());
      Started started = starter.runtime().start(record.spec(), takeGround(), inputs);
      started.process().pidfd().close();
      return new Begun(
          started.process().pid(),
          started.process().startTime(),
          nanos(started.process().at()),
          started.warnings());
    } catch (StartException e) {
      throw StartFailedException.of(record.name(), e);
    } finally {
      volumes.values().forEach(Fd::close);
    }
  }

  private Groundwork takeGround() {
    Optional<Meanwhile<Groundwork>> laid = ground;
    ground = Optional.empty();
    return laid.map(Meanwhile::get).orElseGet(() -> starter.runtime().lay(record.spec()));
  }

  /** The /dev/shm that this container shares, for another that joins it; the caller closes it. */
  synchronized Fd sharedMemory() {
    return starter.runtime().joinSharedMemory(record.spec(), keeper);
  }

  /** Tells {@code ended} when run {@code run} has ended; at once when it has already. */
  void watch(int run, Ended ended) {
    keeper
        .exit(run)
        .whenComplete(
            (exit, failure) -> {
              if (failure == null) {
                ended.exited(run, exit.code(), nanos(exit.at()), "");
              } else {
                keeperGone(run, ended);
              }
            });
  }

  /** The keeper was killed: its container must not live on unseen. */
  private void keeperGone(int run, Ended ended) {
    Optional<Exit> exit = starter.keepers().readExit(record.spec(), run);
    int code = exit.map(Exit::code).orElse(LOST);
    long when = exit.map(e -> nanos(e.at())).orElseGet(io.jcompose.linux.Clock::wallNanos);
    ended.exited(run, code, when, exit.isPresent() ? "" : KeeperGoneException.WHAT);
  }

  private static long nanos(Instant at) {
    return at.getEpochSecond() * 1_000_000_000L + at.getNano();
  }

  /** Sends the stop signal; false when there is no process to get it. */
  boolean stopSignal() {
    starter.cgroups().of(record.id()).thaw();
    return signal(Signals.parse(record.spec().stop().signal()));
  }

  /** False when the process is gone. */
  boolean signal(int number) {
    try {
      keeper.signal(0, number, false);
      return true;
    } catch (KeeperGoneException e) {
      return false;
    } catch (LinuxException e) {
      if (e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
  }

  /** Kills every process of the container. */
  void kill(Duration atMost) {
    starter.cgroups().of(record.id()).kill(atMost);
  }

  /** Stops all its processes from running. Throws when the kernel does not get that done. */
  void freeze(Duration atMost) {
    ContainerCgroup group = starter.cgroups().of(record.id());
    group.freeze();
    if (!group.awaitFrozen(atMost)) {
      group.thaw();
      throw new EngineException(
          "container " + record.name() + " could not be paused: a process of it hangs in the kernel");
    }
  }

  void thaw() {
    starter.cgroups().of(record.id()).thaw();
  }

  boolean frozen() {
    return starter.cgroups().of(record.id()).freezing();
  }

  boolean oomKilled() {
    return starter.cgroups().of(record.id()).oomKills() > 0;
  }

  /** After a run: nothing of it stays, what the next run needs does. */
  void runEnded() {
    try {
      starter.runtime().finish(record.spec(), keeper);
    } catch (KeeperGoneException e) {
      starter.runtime().finishWithoutKeeper(record.spec());
    }
  }

  Keeper.Process exec(ExecSpec spec, int rows, int columns, Map<Integer, Fd> streams) {
    try {
      return starter.runtime().exec(record.spec(), keeper, spec, streams, rows, columns);
    } catch (StartException e) {
      throw StartFailedException.ofExec(e);
    } catch (KeeperGoneException e) {
      throw new EngineException("container " + record.name() + " is not running: " + e.getMessage(), e);
    }
  }

  /** The caller of a process that {@link #exec} began leaves it; what it had open is its own again. */
  void leave(Keeper.Process process) {
    try {
      keeper.leave(process.number());
    } catch (KeeperGoneException e) {
      LOG.log(System.Logger.Level.DEBUG, "the process ended with its container", e);
    }
  }

  /** Pumps {@code from} into its standard input; with {@code untilItsEnd} that ends as {@code from} does. */
  void feed(Fd from, boolean untilItsEnd) {
    feed(() -> keeper.feed(0, from, untilItsEnd), untilItsEnd);
  }

  /** The same until something is written to the other end of the pipe {@code leash}. */
  void feed(Fd from, Fd leash, boolean untilItsEnd) {
    feed(() -> keeper.feed(0, from, leash, untilItsEnd), untilItsEnd);
  }

  private void feed(Runnable begin, boolean untilItsEnd) {
    try {
      begin.run();
      if (untilItsEnd) {
        keeper.endInput(0);
      }
    } catch (LinuxException | KeeperGoneException e) {
      LOG.log(System.Logger.Level.DEBUG, "a container has ended before its input came", e);
    }
  }

  /** Nobody will feed its standard input: it reads the end. */
  void endInput() {
    try {
      keeper.endInput(0);
    } catch (LinuxException | KeeperGoneException e) {
      LOG.log(System.Logger.Level.DEBUG, "a container has ended before its input", e);
    }
  }

  void resize(int process, int rows, int columns) {
    try {
      keeper.resize(process, rows, columns);
    } catch (LinuxException | KeeperGoneException e) {
      LOG.log(System.Logger.Level.DEBUG, "a terminal is gone before its resize", e);
    }
  }

  /** What is published, with the host ports that it came to be. */
  List<ContainerView.Published> publishedPorts() {
    List<ContainerView.Published> all = new ArrayList<>();
    for (PortReservation port : ports) {
      String protocol = port.spec().protocol().name().toLowerCase(java.util.Locale.ROOT);
      port.addresses()
          .forEach(
              address ->
                  all.add(
                      new ContainerView.Published(
                          AddressText.of(address),
                          port.port(),
                          port.spec().containerPort(),
                          protocol)));
    }
    return all;
  }

  Optional<Fd> network() {
    return network;
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  boolean ownNames() {
    return dns.isPresent();
  }

  /** Its record has other attachments now: interfaces, names, ports and /etc/hosts follow, or all stay. */
  void attach(ContainerRecord changed) {
    try {
      endpoints = starter.attach(record, changed, network.orElseThrow(), endpoints, ports);
      record = changed;
    } catch (RuntimeException e) {
      // Places that were left and entered again have other links.
      endpoints = starter.leases().of(record);
      throw e;
    }
  }

  Keeper keeper() {
    return keeper;
  }

  /** What its keeper keeps under {@code key}, for another container to share; the caller closes it. */
  Optional<Fd> kept(String key) {
    try {
      return keeper.get(key);
    } catch (KeeperGoneException e) {
      return Optional.empty();
    }
  }

  void renamed(ContainerRecord changed) {
    record = changed;
    starter.names().up(
        record.id(), record.name(), record.spec().isolation().hostname(), record.attachments(), endpoints);
  }

  /**
   * Begins to answer the names that an adopted container asks for, with what has waited in its sockets first.
   * To be called when the names of all others are known: one that is not is denied at once.
   */
  synchronized void answerNames() {
    if (!closed) {
      dns.ifPresent(
          sockets ->
              starter
                  .dns()
                  .attach(
                      record.id(),
                      sockets,
                      starter.names().view(record.attachments(), record.links(), EtcTexts.servers(record))));
    }
  }

  /** Gives everything back; goes on after failures and logs them. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    attempt("name", () -> starter.names().down(record.id()));
    ground.ifPresent(laid -> attempt("root", () -> laid.undo(Groundwork::close)));
    attempt("processes", () -> {
      runEnded();
      Fault.point("live.ended");
    });
    attempt("DNS", () -> {
      starter.dns().detach(record.id());
      Fault.point("live.dns.detached");
    });
    attempt("ports", () -> {
      starter.ports().release(record, ports);
      Fault.point("live.ports.released");
    });
    attempt("keeper", () -> {
      Leftovers.end(keeper);
      Fault.point("live.keeper.ended");
    });
    dns.ifPresent(sockets -> attempt("DNS sockets", sockets::close));
    network.ifPresent(fd -> attempt("network namespace", fd::close));
    attempt("run folder", () -> {
      starter.keepers().remove(record.spec());
      Fault.point("live.closed");
    });
  }

  private void attempt(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "container " + record.name() + ": " + what + " could not be given back",
          e);
    }
  }
}

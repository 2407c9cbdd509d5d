package io.jcompose.engine;

import io.jcompose.container.Containers;
import io.jcompose.container.EtcFiles;
import io.jcompose.container.Groundwork;
import io.jcompose.container.Keeper;
import io.jcompose.container.Keepers;
import io.jcompose.container.Mount;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.network.Endpoint;
import io.jcompose.network.NetworkException;
import io.jcompose.network.Networks;
import io.jcompose.network.PortReservation;
import io.jcompose.network.dns.DnsServer;
import io.jcompose.network.dns.DnsSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Introduces the rooms to each other: makes what a container needs around its process, and takes it over. */
final class Starter {
  private static final String KEY_NETWORK = "network";
  private static final String KEY_DNS_UDP = "dns-udp";
  private static final String KEY_DNS_TCP = "dns-tcp";
  private static final String KEY_PORT = "port-";

  /** How long a network namespace waits for a start. */
  private static final long UNUSED_MILLIS = 10_000;

  private final Containers runtime;
  private final Cgroups cgroups;
  private final Keepers keepers;
  private final Networks networks;
  private final EndpointLeases leases;
  private final NameZones names;
  private final DnsServer dns;
  private final PortClaims ports;
  private final SecretStore secrets;
  private final SpareNetwork spare;
  private final VolumeFileSystems volumes = new VolumeFileSystems();
  private final Path resolvConf;
  private final Timers timers;
  private final String mark;
  private Function<String, Optional<Unit>> unitsById = id -> Optional.empty();

  Starter(
      Containers runtime,
      Cgroups cgroups,
      Keepers keepers,
      Networks networks,
      NameZones names,
      DnsServer dns,
      PortClaims ports,
      SecretStore secrets,
      Path resolvConf,
      Timers timers,
      String mark) {
    this.runtime = runtime;
    this.cgroups = cgroups;
    this.keepers = keepers;
    this.networks = networks;
    this.spare = new SpareNetwork(() -> NamedNetwork.make(this::prepareNamespace), timers::now, timers, UNUSED_MILLIS);
    this.leases =
        new EndpointLeases(
            networks, new DefaultBridge(networks, timers), id -> unitsById.apply(id).map(unit -> unit.record().name()));
    this.names = names;
    this.dns = dns;
    this.ports = ports;
    this.secrets = secrets;
    this.resolvConf = resolvConf;
    this.timers = timers;
    this.mark = mark;
  }

  /** How containers find each other, for those that share a namespace or a volume. */
  void units(Function<String, Optional<Unit>> byId, Supplier<Collection<Unit>> all) {
    unitsById = byId;
    volumes.units(all);
  }

  Containers runtime() {
    return runtime;
  }

  Cgroups cgroups() {
    return cgroups;
  }

  Keepers keepers() {
    return keepers;
  }

  NameZones names() {
    return names;
  }

  DnsServer dns() {
    return dns;
  }

  PortClaims ports() {
    return ports;
  }

  Path resolvConf() {
    return resolvConf;
  }

  /** The places of containers in networks. */
  EndpointLeases leases() {
    return leases;
  }

  /** Makes the folders of a container and leases its addresses; no process. */
  void create(ContainerRecord record) {
    runtime.create(record.spec());
    leases.leaseFree(record);
  }

  /** Forgets a container that is being removed: every part is tried, then the first failure is thrown. */
  void forget(ContainerRecord record) {
    Undo parts = new Undo();
    parts.add(() -> leases.release(record));
    parts.add(() -> secrets.forget(record.id()));
    // Last in, first out: on a full disk this makes the space that the rest may need.
    parts.add(() -> runtime.remove(record.spec()));
    RuntimeException failures = new EngineException("container " + record.name() + " could not be removed");
    parts.run(failures);
    if (failures.getSuppressed().length > 0) {
      Throwable first = failures.getSuppressed()[0];
      throw new EngineException(failures.getMessage() + ": " + first.getMessage(), failures);
    }
  }

  /** Makes everything that a start needs around the process; when it fails, nothing of it stays. */
  Live prepare(ContainerRecord record) {
    Undo undo = new Undo();
    try {
      List<PortReservation> reserved = ports.take(record);
      undo.add(() -> ports.release(record, reserved));
      Fault.point("start.ports.taken");
      // Beside the network, which takes as long as both.
      Meanwhile<Keeper> keeperMade = timers.meanwhile(() -> keepers.create(record.spec()));
      undo.add(() -> keeperMade.undo(made -> endKeeper(record, made)));
      Meanwhile<Groundwork> ground = timers.meanwhile(() -> runtime.lay(record.spec()));
      undo.add(() -> ground.undo(Groundwork::close));
      NetworkPlace own = network(record);
      Optional<Fd> network = own.namespace();
      Optional<DnsSockets> sockets = own.sockets();
      network.ifPresent(fd -> undo.add(fd::close));
      sockets.ifPresent(open -> undo.add(open::close));
      Fault.point("start.network.made");
      List<Endpoint> endpoints = connect(record, network);
      Fault.point("start.network.connected");
      sockets.ifPresent(open -> answer(record, open, undo));
      Keeper keeper = keeperMade.get();
      Fault.point("start.keeper.made");
      keep(keeper, network, sockets, reserved);
      Fault.point("start.keeper.filled");
      publish(record, reserved, endpoints);
      names.up(record.id(), record.name(), record.spec().isolation().hostname(), record.attachments(), endpoints);
      Fault.point("start.prepared");
      return new Live(this, record, keeper, Optional.of(ground), network, endpoints, sockets, reserved);
    } catch (NetworkException e) {
      undo.run(e);
      throw EndpointLeases.failed(record, e);
    } catch (RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  private void endKeeper(ContainerRecord record, Keeper keeper) {
    try {
      Leftovers.end(keeper);
    } finally {
      keepers.remove(record.spec());
    }
  }

  /** What a start of the container needs of those whose namespaces it joins. */
  JoinedNamespaces joined(ContainerRecord record) {
    return JoinedNamespaces.of(record, unitsById);
  }

  /** Has a network namespace ready for the next start; to be called when nobody waits for this one any more. */
  void prepareNext() {
    spare.renew();
  }

  /** Where a container's sockets are; none: the host's. With sockets for its questions, if we are to answer them. */
  private record NetworkPlace(Optional<Fd> namespace, Optional<DnsSockets> sockets) {}

  private NetworkPlace network(ContainerRecord record) {
    return switch (record.networkMode()) {
      case "" -> {
        NamedNetwork made = spare.take();
        yield new NetworkPlace(Optional.of(made.namespace()), Optional.of(made.sockets()));
      }
      case "host" -> new NetworkPlace(Optional.empty(), Optional.empty());
      case "container" -> new NetworkPlace(Optional.of(sharedNetwork(record)), Optional.empty());
      default -> new NetworkPlace(Optional.of(NamedNetwork.namespace(this::prepareNamespace)), Optional.empty());
    };
  }

  private void prepareNamespace(Fd namespace) {
    networks.endpoints().prepare(namespace, Map.of());
  }

  private Fd sharedNetwork(ContainerRecord record) {
    return unitsById
        .apply(record.networkOwner())
        .flatMap(Unit::live)
        .map(live -> live.network().map(Fd::duplicate).orElseGet(Starter::hostNetwork))
        .orElseThrow(
            () ->
                new EngineException(
                    "container " + record.name() + " shares the network of a container that doesn't run"));
  }

  /** Whoever shares what a container on the host's network has shares the host's. */
  private static Fd hostNetwork() {
    return Fs.open("/proc/thread-self/ns/net", Fs.O_RDONLY, 0);
  }

  private List<Endpoint> connect(ContainerRecord record, Optional<Fd> network) {
    if (network.isEmpty() || record.networkMode().equals("container")) {
      return List.of();
    }
    Map<String, String> settings = networkSysctls(record);
    if (!settings.isEmpty()) {
      networks.endpoints().prepare(network.get(), settings);
    }
    if (leases.of(record).size() < record.attachments().size()) {
      leases.lease(record); // what had to wait
    }
    return networks.endpoints().connect(network.get(), leases.of(record));
  }

  private static Map<String, String> networkSysctls(ContainerRecord record) {
    Map<String, String> settings = new java.util.TreeMap<>();
    record.spec().sysctls().forEach(
        (name, value) -> {
          if (name.startsWith("net.")) {
            settings.put(name, value);
          }
        });
    return settings;
  }

  private void answer(ContainerRecord record, DnsSockets sockets, Undo undo) {
    dns.attach(record.id(), sockets, names.view(record.attachments(), record.links(), EtcTexts.servers(record)));
    undo.add(() -> dns.detach(record.id()));
    Fault.point("start.dns.attached");
  }

  /** The keeper outlives the engine: it holds whatever the next one needs. */
  private static void keep(
      Keeper keeper, Optional<Fd> network, Optional<DnsSockets> sockets, List<PortReservation> reserved) {
    network.ifPresent(fd -> keeper.put(KEY_NETWORK, fd));
    sockets.ifPresent(
        s -> {
          keeper.put(KEY_DNS_UDP, s.udp());
          keeper.put(KEY_DNS_TCP, s.tcp());
        });
    for (int i = 0; i < reserved.size(); i++) {
      List<Fd> listening = reserved.get(i).sockets();
      for (int j = 0; j < listening.size(); j++) {
        keeper.put(KEY_PORT + i + "-" + j, listening.get(j));
      }
    }
  }

  private void publish(
      ContainerRecord record, List<PortReservation> reserved, List<Endpoint> endpoints) {
    if (reserved.isEmpty()) {
      return;
    }
    gateway(endpoints)
        .ifPresentOrElse(
            endpoint ->
                ports.ports().publish(reserved, networks.find(endpoint.network()).orElseThrow(), endpoint),
            () -> ports.ports().refuse(reserved));
  }

  /** The place that gives the default route: what comes in there has its answers go out by it too. */
  private Optional<Endpoint> gateway(List<Endpoint> endpoints) {
    return endpoints.stream()
        .filter(e -> !networks.find(e.network()).orElseThrow().config().internal())
        .sorted(Comparator.comparingInt(e -> -e.gatewayPriority()))
        .findFirst();
  }

  /** The files of /etc of a container; of one that shares another's network, those of that one. */
  EtcFiles etc(ContainerRecord record, List<Endpoint> endpoints, boolean ownNames) {
    if (record.networkMode().equals("container")) {
      Optional<Unit> owner = unitsById.apply(record.networkOwner());
      Optional<Live> live = owner.flatMap(Unit::live);
      if (live.isPresent()) {
        EtcFiles shared = etc(owner.get().record(), live.get().endpoints(), live.get().ownNames());
        return new EtcFiles(
            shared.hosts() + EtcTexts.ownName(record), EtcTexts.hostname(record), shared.resolvConf());
      }
    }
    return new EtcFiles(
        hosts(record, endpoints),
        EtcTexts.hostname(record),
        EtcTexts.resolvConf(record, ownNames, resolvConf));
  }

  private String hosts(ContainerRecord record, List<Endpoint> endpoints) {
    return EtcTexts.hosts(
        record, endpoints, EtcTexts.hostAddress(record, gateway(endpoints).map(List::of).orElse(endpoints)));
  }

  /**
   * A running container's attachments have changed, from {@code before} to {@code after}: takes it off what it has
   * left, connects it to what it has joined. When it fails, the container has its old places.
   *
   * @return its places as they are now
   */
  List<Endpoint> attach(
      ContainerRecord before, ContainerRecord after, Fd network, List<Endpoint> places, List<PortReservation> reserved) {
    Set<String> wanted = after.attachments().stream().map(Attachment::network).collect(Collectors.toSet());
    Undo undo = new Undo();
    try {
      for (Endpoint place : places) {
        if (!wanted.contains(place.network())) {
          undo.add(() -> networks.endpoints().connect(network, List.of(place)));
          networks.endpoints().disconnect(network, place);
        }
      }
      networks
          .endpoints()
          .connect(network, leases.of(after).stream().filter(e -> !e.connected()).toList())
          .forEach(place -> undo.add(() -> networks.endpoints().disconnect(network, place)));
      List<Endpoint> now = leases.of(after);
      undo.add(() -> show(after, now, before, places, reserved));
      show(before, places, after, now, reserved);
      return now;
    } catch (NetworkException e) {
      undo.run(e);
      throw EndpointLeases.failed(after, e);
    } catch (RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  /** Ports, names and /etc/hosts follow a container from some places to others. */
  private void show(
      ContainerRecord before,
      List<Endpoint> places,
      ContainerRecord after,
      List<Endpoint> now,
      List<PortReservation> reserved) {
    publish(after, reserved, now);
    names.up(after.id(), after.name(), after.spec().isolation().hostname(), after.attachments(), now);
    dns.view(after.id(), names.view(after.attachments(), after.links(), EtcTexts.servers(after)));
    EtcTexts.change(runtime.hostsFile(after.spec()), hosts(before, places), hosts(after, now));
  }

  /** Takes over a container that ran on, or ended, without an engine. */
  Live adopt(ContainerRecord record, Keeper keeper) {
    Optional<Fd> network = keeper.get(KEY_NETWORK);
    List<Endpoint> endpoints = leases.of(record);
    Optional<DnsSockets> sockets = Optional.empty();
    Optional<Fd> udp = keeper.get(KEY_DNS_UDP);
    Optional<Fd> tcp = keeper.get(KEY_DNS_TCP);
    if (udp.isPresent() && tcp.isPresent()) {
      sockets = Optional.of(DnsSockets.adopt(udp.get(), tcp.get()));
    }
    List<List<Fd>> listening = new ArrayList<>();
    for (int i = 0; i < record.ports().size(); i++) {
      List<Fd> one = new ArrayList<>();
      for (int j = 0; ; j++) {
        Optional<Fd> socket = keeper.get(KEY_PORT + i + "-" + j);
        if (socket.isEmpty()) {
          break;
        }
        one.add(socket.get());
      }
      listening.add(one);
    }
    List<PortReservation> reserved = ports.adopt(record, listening);
    publish(record, reserved, endpoints);
    names.up(record.id(), record.name(), record.spec().isolation().hostname(), record.attachments(), endpoints);
    return new Live(this, record, keeper, Optional.empty(), network, endpoints, sockets, reserved);
  }

  /** Clears away what a container whose keeper is gone has left in the kernel. */
  void sweep(ContainerRecord record) {
    runtime.finishWithoutKeeper(record.spec());
    keepers.remove(record.spec());
  }

  /** What containers that nobody knows have left behind. */
  Leftovers leftovers() {
    return new Leftovers(cgroups, keepers, networks, secrets);
  }

  /** What a container is made of, with the commands that do the same by hand. */
  String explain(Unit unit) {
    ContainerRecord record = unit.record();
    Optional<Live> live = unit.live();
    List<Endpoint> endpoints = leases.of(record);
    String around =
        new Explanation(record)
            .tell(
                runtime.folder(record.spec()),
                runtime.layers(record.spec()),
                "/jcompose-" + mark + "/c/" + record.id(),
                endpoints,
                endpoints.stream().map(e -> networks.find(e.network()).orElseThrow()).toList(),
                live.map(Live::publishedPorts).orElse(List.of()));
    return around
        + (live.isPresent()
                ? runtime.explain(record.spec(), live.get().keeper())
                : runtime.explain(record.spec()))
            .explain();
  }

  /** What is kept of secrets and configs. */
  SecretStore secrets() {
    return secrets;
  }

  /** The content of the container's secrets and configs now, by target. */
  Map<String, byte[]> contents(ContainerRecord record) {
    Map<String, byte[]> contents = new HashMap<>();
    for (Mount mount : record.spec().mounts()) {
      if (mount instanceof Mount.File file) {
        contents.put(file.target(), content(record, file));
      }
    }
    return contents;
  }

  private byte[] content(ContainerRecord record, Mount.File file) {
    if (!file.source().isEmpty()) {
      try {
        return Files.readAllBytes(Path.of(file.source()));
      } catch (IOException e) {
        throw new EngineException(
            "container " + record.name() + ": the file " + file.source() + " of " + file.name() + " cannot be read", e);
      }
    }
    return secrets
        .find(record.id(), file.target())
        .orElseThrow(
            () ->
                new EngineException(
                    "container " + record.name() + ": the content of " + file.name()
                        + " was kept in memory only, and is gone; \"jcompose up\" hands it over again"));
  }

  /** The root of a container that does not run; the caller closes it before the next start. */
  Fd stoppedRoot(ContainerRecord record) {
    Map<String, Fd> taken = volumes.take(record, runtime.place());
    try {
      return runtime.stoppedRoot(record.spec(), taken);
    } finally {
      taken.values().forEach(Fd::close);
    }
  }

  /** The file systems of volumes that a start needs, by the volume's name; the caller closes them. */
  Map<String, Fd> volumes(ContainerRecord record, Keeper keeper) {
    return volumes.take(record, keeper, runtime.place());
  }
}

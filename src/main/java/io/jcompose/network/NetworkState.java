package io.jcompose.network;

import io.jcompose.network.ipam.AddressException;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.ipam.Leases;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** One network with its leases while the engine runs. Not thread-safe. */
final class NetworkState {
  private final Network network;
  private final List<Leases> leases = new ArrayList<>();
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
  private final Map<String, Endpoint> leaving = new LinkedHashMap<>();
  private final Set<String> live = new HashSet<>();
  private final Map<String, Set<InetAddress>> kept = new HashMap<>();

  NetworkState(Network network) {
    this.network = network;
    try {
      network.pools().forEach(pool -> leases.add(leases(pool)));
    } catch (AddressException | IllegalArgumentException e) {
      throw new NetworkException("network " + network.name() + ": " + e.getMessage(), e);
    }
  }

  private Leases leases(Network.Pool pool) {
    Leases pooled = new Leases(pool.subnet(), pool.range());
    pooled.lease(pool.gateway(), "the gateway of network " + network.name());
    auxiliary(pool.subnet()).forEach((name, address) -> pooled.lease(address, name));
    return pooled;
  }

  NetworkState(NetworkRecord record) {
    this(record.network());
    for (Endpoint endpoint : record.leaving()) {
      hold(endpoint);
      leaving.put(endpoint.hostLink(), endpoint);
    }
    for (Endpoint endpoint : record.endpoints()) {
      hold(endpoint);
      endpoints.put(endpoint.owner(), endpoint);
    }
  }

  private Map<String, InetAddress> auxiliary(Cidr subnet) {
    Map<String, InetAddress> addresses = new LinkedHashMap<>();
    for (NetworkConfig.Subnet asked : network.config().subnets()) {
      if (asked.subnet().equals(subnet)) {
        asked.auxiliary().forEach((name, text) -> addresses.put(name, Cidr.parseAddress(text)));
      }
    }
    return addresses;
  }

  private void hold(Endpoint endpoint) {
    for (Endpoint.Address held : endpoint.addresses()) {
      pool(held.address()).ifPresent(i -> leases.get(i).lease(held.address(), endpoint.owner()));
    }
  }

  /** The number of the pool that an address is from. */
  private OptionalInt pool(InetAddress address) {
    return IntStream.range(0, leases.size())
        .filter(i -> network.pools().get(i).subnet().contains(address))
        .findFirst();
  }

  /** Leases {@code wanted}, or any address of a family. */
  private Endpoint.Address address(boolean v4, String wanted, String owner) {
    List<Integer> pools =
        IntStream.range(0, leases.size())
            .filter(i -> network.pools().get(i).subnet().v4() == v4)
            .boxed()
            .toList();
    if (!wanted.isEmpty()) {
      InetAddress address = Cidr.parseAddress(wanted);
      // In none of them: the first one says so.
      int pool = pool(address).orElse(pools.getFirst());
      Optional<String> holder = leases.get(pool).holder(address).filter(other -> !other.equals(owner));
      if (holder.isPresent()) {
        throw new AddressHeldException(network.name(), address, holder.get());
      }
      return place(pool, leases.get(pool).lease(address, owner));
    }
    for (int pool : pools) {
      if (pool == pools.getLast() || leases.get(pool).hasFree()) {
        return place(pool, leases.get(pool).lease(owner));
      }
    }
    throw new IllegalStateException("no pool of that family");
  }

  private Endpoint.Address place(int pool, InetAddress address) {
    Network.Pool of = network.pools().get(pool);
    return new Endpoint.Address(address, of.subnet().bits(), of.gateway());
  }

  Network network() {
    return network;
  }

  NetworkRecord record() {
    return new NetworkRecord(
        network, new ArrayList<>(endpoints.values()), new ArrayList<>(leaving.values()));
  }

  Map<String, Endpoint> endpoints() {
    return endpoints;
  }

  /** Keeps the addresses that {@code project}'s services will ask for; replaces those it had kept. */
  void keep(String project, Set<InetAddress> addresses) {
    kept.put(project, addresses);
    Set<InetAddress> all = new HashSet<>();
    kept.values().forEach(all::addAll);
    leases.forEach(pool -> pool.keep(all));
  }

  /** Leases a place for an owner that has none here. */
  Endpoint lease(EndpointConfig config) {
    List<Endpoint.Address> addresses = new ArrayList<>();
    try {
      for (boolean v4 : new boolean[] {true, false}) {
        String wanted = v4 ? config.ipv4() : config.ipv6();
        if (network.pools().stream().anyMatch(p -> p.subnet().v4() == v4)) {
          addresses.add(address(v4, wanted, config.owner()));
        } else if (!wanted.isEmpty()) {
          String family = v4 ? "IPv4" : "IPv6";
          throw new NetworkException(
              "it has no " + family + " subnet for " + wanted + ": set enable_" + family.toLowerCase(Locale.ROOT));
        }
      }
      List<InetAddress> linkLocal = config.linkLocal().stream().map(NetworkState::linkLocal).toList();
      String mac = config.mac().isEmpty() ? randomMac() : checkedMac(config.mac());
      Endpoint endpoint =
          new Endpoint(
              network.id(),
              config.owner(),
              "",
              "",
              config.interfaceName(),
              mac,
              addresses,
              config.gatewayPriority(),
              linkLocal,
              config.settings());
      endpoints.put(config.owner(), endpoint);
      return endpoint;
    } catch (AddressHeldException e) {
      free(addresses);
      throw e;
    } catch (AddressException | NetworkException | IllegalArgumentException e) {
      free(addresses);
      throw new NetworkException("network " + network.name() + ": " + e.getMessage(), e);
    }
  }

  /** Gives the place back; while its link is there, the address stays taken. */
  void release(Endpoint endpoint) {
    Endpoint held = endpoints.remove(endpoint.owner());
    if (held == null) {
      return;
    }
    if (live.contains(held.hostLink())) {
      leaving.put(held.hostLink(), held);
    } else {
      free(held.addresses());
    }
  }

  void connected(Endpoint endpoint) {
    endpoints.put(endpoint.owner(), endpoint);
    live.add(endpoint.hostLink());
  }

  /** Whether the endpoint's link is in the kernel. */
  boolean isLive(Endpoint endpoint) {
    return live.contains(endpoint.hostLink());
  }

  /** The owner has been taken off the network, and keeps its place. */
  void disconnected(Endpoint endpoint) {
    endpoints.computeIfPresent(endpoint.owner(), (owner, held) -> held.connectedAs("", ""));
  }

  /** The link {@code name} is gone. Returns whether that changed anything here. */
  boolean linkGone(String name) {
    live.remove(name);
    Endpoint gone = leaving.remove(name);
    if (gone != null) {
      free(gone.addresses());
      return true;
    }
    for (Endpoint endpoint : endpoints.values()) {
      if (endpoint.hostLink().equals(name)) {
        disconnected(endpoint);
        return true;
      }
    }
    return false;
  }

  /**
   * Compares with the links that are there: {@code now}. Returns whether that changed anything
   * here.
   */
  boolean lookAt(Set<String> now) {
    boolean changed = false;
    for (String name : links()) {
      if (now.contains(name)) {
        live.add(name);
      } else {
        changed |= linkGone(name);
      }
    }
    return changed;
  }

  /** The links that are still there of places that {@code owner} has given back. */
  List<String> leavingOf(String owner) {
    return leaving.values().stream().filter(place -> place.owner().equals(owner)).map(Endpoint::hostLink).toList();
  }

  /** Names of the links that belong to places here. */
  Set<String> links() {
    Set<String> names = new HashSet<>(leaving.keySet());
    endpoints.values().stream()
        .filter(Endpoint::connected)
        .forEach(endpoint -> names.add(endpoint.hostLink()));
    return names;
  }

  private void free(List<Endpoint.Address> addresses) {
    addresses.forEach(
        held -> pool(held.address()).ifPresent(i -> leases.get(i).release(held.address())));
  }

  private static InetAddress linkLocal(String text) {
    InetAddress address = Cidr.parseAddress(text);
    if (!address.isLinkLocalAddress()) {
      throw new AddressException(
          text + " is no link-local address: those are in 169.254.0.0/16 and fe80::/10");
    }
    return address;
  }

  /** A hardware address that is locally administered and not a group's. */
  static String randomMac() {
    byte[] mac = new byte[6];
    RandomGenerator.getDefault().nextBytes(mac);
    mac[0] = (byte) (mac[0] & 0xfc | 0x02);
    return HexFormat.ofDelimiter(":").formatHex(mac);
  }

  private static String checkedMac(String text) {
    String mac = text.toLowerCase(Locale.ROOT).replace('-', ':');
    if (!mac.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}") || (macBytes(mac)[0] & 1) != 0) {
      throw new NetworkException("\"" + text + "\" is not the hardware address of one interface");
    }
    return mac;
  }

  static byte[] macBytes(String mac) {
    return HexFormat.ofDelimiter(":").parseHex(mac);
  }
}

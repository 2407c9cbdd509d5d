package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.network.netlink.Link;
import io.jcompose.network.netlink.Links;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.NetlinkException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** The places of containers in networks: leased on disk, connected in the kernel. Thread-safe. */
public final class Endpoints {
  /** The kernel's BR_MAX_PORTS, of which it gives away all but one. */
  private static final int PORTS_OF_A_BRIDGE = 1023;

  private static final Map<String, String> DEFAULT_SETTINGS =
      Map.of(
          "net.ipv4.ip_unprivileged_port_start", "0",
          "net.ipv4.ping_group_range", "0 2147483647");

  private final HostNamespace namespace;
  private final Netlink host;
  private final Bridges bridges;
  private final Connector connector;
  private final NetworkRegistry registry;

  /** Guards the registry, which others have, too. */
  private final ReentrantLock lock;

  Endpoints(
      HostNamespace namespace, Netlink host, Bridges bridges, Connector connector, NetworkRegistry registry,
      ReentrantLock lock) {
    this.namespace = namespace;
    this.host = host;
    this.bridges = bridges;
    this.connector = connector;
    this.registry = registry;
    this.lock = lock;
  }

  /** The places that are leased in a network. */
  public List<Endpoint> of(String network) {
    lock.lock();
    try {
      return registry.find(network).map(s -> List.copyOf(s.endpoints().values())).orElse(List.of());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps addresses of a network that is there for services of {@code project} that will ask for them
   * by name: others get them only when no other is left. Forgotten when the engine ends.
   */
  public void keep(String network, String project, Set<InetAddress> addresses) {
    lock.lock();
    try {
      registry.find(network).ifPresent(state -> state.keep(project, addresses));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Leases a place for {@code config.owner()}; the one that it has already, if it has. Makes no
   * link.
   *
   * @throws AddressHeldException when another one has the address that it asks for
   */
  public Endpoint lease(EndpointConfig config) {
    lock.lock();
    try {
      NetworkState state = registry.get(config.network());
      Optional<Endpoint> old = Optional.ofNullable(state.endpoints().get(config.owner()));
      if (old.isPresent()) {
        return old.get();
      }
      Endpoint endpoint = lease(state, config);
      Fault.point("endpoint.chosen");
      registry.put(state);
      Fault.point("endpoint.leased");
      return endpoint;
    } finally {
      lock.unlock();
    }
  }

  private Endpoint lease(NetworkState state, EndpointConfig config) {
    try {
      return state.lease(config);
    } catch (AddressHeldException e) {
      List<String> stale = state.leavingOf(e.holder());
      if (stale.isEmpty()) {
        throw e;
      }
      // Given back already, but the kernel is still taking the namespace apart.
      host.execute(stale.stream().map(Links::delete).toList());
      stale.forEach(state::linkGone);
      return lease(state, config);
    }
  }

  /** Gives a place back. Its address is leased again only after its link is gone. */
  public void release(Endpoint endpoint) {
    lock.lock();
    try {
      registry
          .find(endpoint.network())
          .ifPresent(
              state -> {
                state.release(endpoint);
                Fault.point("endpoint.released");
                registry.noteIfPossible(state);
              });
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sets loopback up and what every container's own namespace has: ports below 1024 and ping
   * without privilege.
   *
   * @param settings more of them by their sysctl(8) names, and others for those; when they name an
   *     interface, after {@link #connect}
   */
  public void prepare(Fd network, Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(DEFAULT_SETTINGS);
    all.putAll(settings);
    Connector.prepare(network, all);
  }

  /**
   * Connects the namespace {@code network} to the leased {@code endpoints}: interfaces eth0… in
   * this order, addresses, and the default route by the one with the highest gateway priority (of
   * equals, the first). Places that the same owner has connected already take part in that choice.
   *
   * @return the endpoints as they are now; when it fails, nothing of it stays
   */
  public List<Endpoint> connect(Fd network, List<Endpoint> endpoints) {
    if (endpoints.isEmpty()) {
      return List.of();
    }
    List<Connector.Place> places = new ArrayList<>();
    List<Connector.Place> all = new ArrayList<>();
    lock.lock();
    try {
      List<String> stale = new ArrayList<>();
      for (Endpoint endpoint : endpoints) {
        NetworkState state = registry.get(endpoint.network());
        Endpoint held = state.endpoints().get(endpoint.owner());
        if (held == null) {
          throw new NetworkException(
              endpoint.owner() + " has no place in network " + state.network().name());
        }
        if (state.isLive(held)) {
          // The last run's namespace is still being taken apart, and its link has our address.
          stale.add(held.hostLink());
        }
        places.add(place(state, held));
      }
      host.execute(stale.stream().map(Links::delete).toList());
      all.addAll(places);
      all.addAll(connectedPlaces(endpoints));
    } finally {
      lock.unlock();
    }
    List<Endpoint> connected;
    try {
      connected = connector.connect(network, places, all, bridgeCallsFirewall());
      Fault.point("endpoint.connected");
    } catch (NetlinkException e) {
      throw e.errno() == Errno.EXFULL ? full(places, e) : new NetworkException(e.getMessage(), e);
    }
    lock.lock();
    try {
      for (Endpoint endpoint : connected) {
        NetworkState state = registry.get(endpoint.network());
        state.connected(endpoint);
        registry.put(state);
        Fault.point("endpoint.recorded");
      }
      return connected;
    } finally {
      lock.unlock();
    }
  }

  private Connector.Place place(NetworkState state, Endpoint endpoint) {
    Network network = state.network();
    // Up comes last: one that is not was left half-made.
    Link bridge = bridges.find(network.bridge()).filter(Link::up).orElseGet(() -> bridges.ensure(network));
    return new Connector.Place(endpoint, network, bridge);
  }

  private static NetworkException full(List<Connector.Place> places, NetlinkException cause) {
    String networks = places.stream().map(place -> place.network().name()).distinct().collect(Collectors.joining(" or "));
    return new NetworkException(
        "network " + networks + " has no place for another container: a bridge takes " + PORTS_OF_A_BRIDGE
            + "; have some of them in a network of their own",
        cause);
  }

  /** The connected places of the owners of {@code endpoints} in other networks. */
  private List<Connector.Place> connectedPlaces(List<Endpoint> endpoints) {
    Set<String> owners = new HashSet<>();
    Set<String> networks = new HashSet<>();
    endpoints.forEach(e -> owners.add(e.owner()));
    endpoints.forEach(e -> networks.add(e.network()));
    List<Connector.Place> places = new ArrayList<>();
    for (NetworkState state : registry.states()) {
      for (Endpoint endpoint : state.endpoints().values()) {
        if (owners.contains(endpoint.owner())
            && !networks.contains(endpoint.network())
            && state.isLive(endpoint)) {
          places.add(place(state, endpoint));
        }
      }
    }
    return places;
  }

  /** Whether bridged frames pass through the IP firewall (br_netfilter). */
  private boolean bridgeCallsFirewall() {
    return namespace
        .call(() -> Sysctl.read("bridge/bridge-nf-call-iptables"))
        .equals(Optional.of("1"));
  }

  /** Takes a running container off a network; the lease stays until {@link #release}. */
  public void disconnect(Fd network, Endpoint endpoint) {
    lock.lock();
    try {
      connector.disconnect(network, endpoint, connectedPlaces(List.of(endpoint)));
      stopped(endpoint);
    } finally {
      lock.unlock();
    }
  }

  private void stopped(Endpoint endpoint) {
    registry
        .find(endpoint.network())
        .ifPresent(
            state -> {
              state.disconnected(endpoint);
              registry.noteIfPossible(state);
            });
  }
}

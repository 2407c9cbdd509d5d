package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.network.netlink.Addresses;
import io.jcompose.network.netlink.Link;
import io.jcompose.network.netlink.Links;
import io.jcompose.network.netlink.Neighbours;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.NetlinkException;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Routes;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Joins a container's network namespace to bridges, and takes it off them. */
final class Connector {
  private static final int LOOPBACK = 1;
  private static final int LINK_LOCAL_BITS = 16;
  private static final int LINK_LOCAL_BITS_V6 = 64;
  private final Mark mark;
  private final Netlink host;

  Connector(Mark mark, Netlink host) {
    this.mark = mark;
    this.host = host;
  }

  /** A place, the network's facts that its interface needs. */
  record Place(Endpoint endpoint, Network network, Link bridge) {}

  /** Loopback up and {@code settings} set, in the namespace {@code network}. */
  static void prepare(Fd network, Map<String, String> settings) {
    inside(
        network,
        route -> {
          route.execute(List.of(Links.up(LOOPBACK)));
          settings.forEach((key, value) -> Sysctl.write(path(key), value));
          return true;
        });
  }

  /**
   * The path below /proc/sys/net of a setting's name. sysctl(8): dots divide, and a name with a
   * slash has them as they are (an interface's name may have a dot in it).
   */
  static String path(String setting) {
    String path = setting.contains("/") ? setting : setting.replace('.', '/');
    if (!path.startsWith("net/") || path.contains("..")) {
      throw new NetworkException("\"" + setting + "\" is not a setting of a network namespace");
    }
    return path.substring("net/".length());
  }

  /**
   * Connects {@code places}; {@code all} are those of the namespace, these included, for the
   * default route. When it fails, nothing of it stays.
   *
   * @param hairpin whether bridge ports must be able to send back what they received
   */
  List<Endpoint> connect(Fd network, List<Place> places, List<Place> all, boolean hairpin) {
    return inside(
        network,
        route -> {
          List<Endpoint> connected = named(places, route);
          try {
            host.execute(pairs(network, places, connected, hairpin));
            Fault.point("endpoint.veth.created");
            configure(route, places, connected, all);
            Fault.point("endpoint.configured");
          } catch (RuntimeException e) {
            undo(connected, e);
            throw e;
          }
          return connected;
        });
  }

  private void undo(List<Endpoint> connected, RuntimeException cause) {
    try {
      host.execute(connected.stream().map(e -> Links.delete(e.hostLink())).toList());
    } catch (NetlinkException e) {
      cause.addSuppressed(e);
    }
  }

  private List<Endpoint> named(List<Place> places, Netlink route) {
    Set<String> names = new HashSet<>();
    Links.list(route).forEach(link -> names.add(link.name()));
    places.forEach(place -> names.add(place.endpoint().wantedName()));
    List<Endpoint> connected = new ArrayList<>();
    int number = 0;
    for (Place place : places) {
      String name = place.endpoint().wantedName();
      while (name.isEmpty()) {
        String next = place.network().config().bridge().interfacePrefix() + number++;
        name = names.contains(next) ? "" : next;
      }
      connected.add(place.endpoint().connectedAs(mark.veth(), name));
    }
    return connected;
  }

  private static List<Request> pairs(
      Fd network, List<Place> places, List<Endpoint> connected, boolean hairpin) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Endpoint endpoint = connected.get(i);
      byte[] mac = NetworkState.macBytes(endpoint.mac());
      Links.Peer peer = new Links.Peer(endpoint.interfaceName(), mac, network);
      int mtu = places.get(i).network().mtu();
      requests.add(
          Links.createVeth(endpoint.hostLink(), mtu, places.get(i).bridge().index(), peer));
      if (hairpin) {
        requests.add(Links.hairpin(endpoint.hostLink()));
      }
      if (!places.get(i).network().config().bridge().containersTalk()) {
        // Where frames pass the firewall, a published port's would too, and an isolated port not let them.
        requests.add(
            hairpin
                ? Links.filter(places.get(i).network().bridge())
                : Links.isolate(endpoint.hostLink()));
      }
    }
    return requests;
  }

  private static void configure(
      Netlink route, List<Place> places, List<Endpoint> connected, List<Place> all) {
    Map<String, Integer> indexes = indexes(route);
    List<Request> requests = new ArrayList<>();
    requests.add(Links.up(LOOPBACK));
    for (int i = 0; i < places.size(); i++) {
      Endpoint endpoint = connected.get(i);
      String name = endpoint.interfaceName();
      boolean v6 = hasIpv6(endpoint);
      // Before it is up, or it has a link-local address and has listened to a router already.
      Sysctl.writeIfThere("ipv6/conf/" + name + "/accept_ra", "0");
      Sysctl.writeIfThere("ipv6/conf/" + name + "/disable_ipv6", v6 ? "0" : "1");
      int index = indexes.get(name);
      requests.add(Links.up(index));
      for (Endpoint.Address address : endpoint.addresses()) {
        requests.add(Addresses.add(index, address.address(), address.prefix()));
        // So that no neighbour with NET_RAW can claim to be the gateway.
        requests.add(Neighbours.fix(index, address.gateway(), places.get(i).bridge().mac()));
      }
      for (InetAddress address : endpoint.linkLocal()) {
        boolean v4 = address instanceof Inet4Address;
        requests.add(Addresses.add(index, address, v4 ? LINK_LOCAL_BITS : LINK_LOCAL_BITS_V6));
      }
    }
    List<Place> now = new ArrayList<>();
    for (Place place : all) {
      now.add(
          connected.stream()
              .filter(e -> e.network().equals(place.endpoint().network()))
              .findFirst()
              .map(e -> new Place(e, place.network(), place.bridge()))
              .orElse(place));
    }
    requests.addAll(defaultRoutes(now, indexes));
    route.execute(requests);
    connected.forEach(Connector::applySettings);
  }

  private static boolean hasIpv6(Endpoint endpoint) {
    return endpoint.ofFamily(false).isPresent()
        || endpoint.linkLocal().stream().anyMatch(a -> !(a instanceof Inet4Address));
  }

  /** The settings of the interface itself: only those can be asked for here. */
  private static void applySettings(Endpoint endpoint) {
    endpoint
        .settings()
        .forEach(
            (setting, value) -> {
              if (!setting.matches("net\\.(ipv4|ipv6|mpls)\\.(conf|neigh)\\.IFNAME\\.[a-z0-9_]+")) {
                throw new NetworkException(
                    "\"" + setting + "\" is not a setting of an interface: they are like"
                        + " net.ipv4.conf.IFNAME.log_martians");
              }
              String path = setting.substring("net.".length()).replace('.', '/');
              Sysctl.write(path.replace("IFNAME", endpoint.interfaceName()), value);
            });
  }

  /** The default routes by the endpoint with the highest priority; of equals, the one that was connected first. */
  private static List<Request> defaultRoutes(List<Place> places, Map<String, Integer> indexes) {
    List<Request> requests = new ArrayList<>();
    for (boolean v4 : new boolean[] {true, false}) {
      places.stream()
          .filter(place -> !place.network().config().internal())
          .filter(place -> place.endpoint().ofFamily(v4).isPresent())
          .filter(place -> !(v4 && place.network().config().bridge().withoutIpv4()))
          .sorted(
              Comparator.comparingInt((Place place) -> -place.endpoint().gatewayPriority())
                  .thenComparingInt(place -> indexes.get(place.endpoint().interfaceName())))
          .findFirst()
          .ifPresent(
              place ->
                  requests.add(
                      Routes.setDefault(
                          place.endpoint().ofFamily(v4).orElseThrow().gateway(),
                          indexes.get(place.endpoint().interfaceName()))));
    }
    return requests;
  }

  /**
   * Deletes the pair of a namespace that goes on living, and lets another endpoint give the default
   * route.
   */
  void disconnect(Fd network, Endpoint endpoint, List<Place> remaining) {
    inside(
        network,
        route -> {
          route.execute(List.of(Links.delete(endpoint.interfaceName())));
          route.execute(defaultRoutes(remaining, indexes(route)));
          return true;
        });
  }

  private static Map<String, Integer> indexes(Netlink route) {
    Map<String, Integer> indexes = new HashMap<>();
    Links.list(route).forEach((Link link) -> indexes.put(link.name(), link.index()));
    return indexes;
  }

  private interface Work<T> {
    T with(Netlink route);
  }

  private static <T> T inside(Fd network, Work<T> work) {
    return Namespaces.inNetwork(
        network,
        () -> {
          try (Netlink route = Netlink.route()) {
            return work.with(route);
          }
        });
  }
}

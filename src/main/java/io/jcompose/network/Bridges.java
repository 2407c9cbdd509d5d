package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.ipam.SubnetPool;
import io.jcompose.network.netlink.Addresses;
import io.jcompose.network.netlink.Link;
import io.jcompose.network.netlink.Links;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Routes;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bridges of the host, and what the host's own links and routes say about where a network may be.
 */
final class Bridges {
  private static final int USUAL_MTU = 1500;
  private final HostNamespace namespace;
  private final Netlink host;
  private final Mark mark;

  Bridges(HostNamespace namespace, Netlink host, Mark mark) {
    this.namespace = namespace;
    this.host = host;
    this.mark = mark;
  }

  Optional<Link> find(String name) {
    return Links.find(host, name);
  }

  /** Makes the bridge of {@code network} when it isn't there, and sets it up. */
  Link ensure(Network network) {
    String name = network.bridge();
    if (find(name).isEmpty()) {
      host.execute(List.of(Links.createBridge(name, network.mtu(), mac(name), mark.linkGroup())));
      Fault.point("net.bridge.created");
    }
    Link bridge = find(name).orElseThrow();
    int index = bridge.index();
    boolean v6 = network.pools().stream().anyMatch(pool -> !pool.subnet().v4());
    namespace.run(
        () -> {
          Sysctl.writeIfThere("ipv6/conf/" + name + "/accept_ra", "0");
          Sysctl.writeIfThere("ipv6/conf/" + name + "/disable_ipv6", v6 ? "0" : "1");
        });
    List<Request> requests = new ArrayList<>();
    boolean v4 = !network.config().bridge().withoutIpv4();
    for (Network.Pool pool : network.pools()) {
      if (pool.subnet().v4() && !v4) {
        continue;
      }
      requests.add(Addresses.add(index, pool.gateway(), pool.subnet().bits()));
    }
    Fault.point("net.bridge.set");
    requests.add(Links.up(index));
    host.execute(requests);
    Fault.point("net.bridge.ready");
    return bridge;
  }

  /**
   * The hardware address of the bridge {@code name}: always the same, because containers that run
   * on while their bridge is made anew have fixed it in their neighbour tables.
   */
  private static byte[] mac(String name) {
    ByteBuffer mac = ByteBuffer.allocate(6).put((byte) 0x02);
    byte[] end = name.getBytes(StandardCharsets.US_ASCII);
    return mac.put(end[Math.max(0, end.length - 6)]).putInt(name.hashCode()).array();
  }

  /** Whether another link of the host has a route into the subnets of {@code network}. */
  boolean collides(Network network) {
    int own = find(network.bridge()).map(Link::index).orElse(0);
    return Routes.list(host).stream()
        .filter(route -> route.link() != own && route.prefix() > 1)
        .map(route -> cidr(route.destination(), route.prefix()))
        .anyMatch(taken -> network.pools().stream().anyMatch(p -> p.subnet().overlaps(taken)));
  }

  /** The MTU of the link that the default route leaves by. */
  int outsideMtu() {
    Map<Integer, Link> links = new HashMap<>();
    Links.list(host).forEach(link -> links.put(link.index(), link));
    return Routes.list(host).stream()
        .filter(route -> route.isDefault() && links.containsKey(route.link()))
        .min(Comparator.comparingInt(Routes.Route::metric))
        .map(route -> links.get(route.link()).mtu())
        .orElse(USUAL_MTU);
  }

  /** What a new network must not overlap on this host, and whose it is. */
  List<SubnetPool.Taken> taken() {
    Map<Integer, String> names = new HashMap<>();
    Links.list(host).forEach(link -> names.put(link.index(), link.name()));
    List<SubnetPool.Taken> taken = new ArrayList<>();
    for (Routes.Route route : Routes.list(host)) {
      // Half-default routes (0/1 and 128/1) are a VPN's way of saying "everything": no claim on a
      // range.
      if (route.prefix() > 1) {
        String by = names.getOrDefault(route.link(), "an unknown link");
        taken.add(
            new SubnetPool.Taken(cidr(route.destination(), route.prefix()), "route by " + by));
      }
    }
    for (Addresses.Assigned assigned : Addresses.list(host)) {
      String link = names.getOrDefault(assigned.link(), "an unknown link");
      taken.add(
          new SubnetPool.Taken(cidr(assigned.address(), assigned.prefix()), "address of " + link));
    }
    return taken;
  }

  private static Cidr cidr(InetAddress address, int bits) {
    return new Cidr(address, bits);
  }
}

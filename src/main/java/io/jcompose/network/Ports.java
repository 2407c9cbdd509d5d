package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import io.jcompose.network.firewall.Firewall;
import io.jcompose.network.firewall.Forwarding;
import io.jcompose.network.proxy.PortProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The published ports of one engine. A port is first reserved, by listening on it, so that a
 * conflict is found before anything starts; then published, which leads its traffic to a container.
 */
public final class Ports implements AutoCloseable {
  private final HostNamespace namespace;
  private final Firewall firewall;
  private final PortProxy proxy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PortReservation, Published> reservations = new LinkedHashMap<>();

  /** What a published port has led to. */
  private record Published(List<Forwarding> forwardings, List<AutoCloseable> proxies) {
    static final Published NOT_YET = new Published(List.of(), List.of());
  }

  Ports(HostNamespace namespace, Firewall firewall, PortProxy proxy) {
    this.namespace = namespace;
    this.firewall = firewall;
    this.proxy = proxy;
  }

  /**
   * Reserves all of {@code specs}, or none.
   *
   * @param holder for whom, in words: "web-1 of project shop"; whoever wants the port later is told
   * @throws NetworkException when one is taken; names who has it
   */
  public List<PortReservation> reserve(String holder, List<PortSpec> specs) {
    List<PortReservation> reserved = new ArrayList<>();
    lock.lock();
    try {
      for (PortSpec spec : specs) {
        PortReservation reservation = reserve(holder, spec);
        reserved.add(reservation);
        reservations.put(reservation, Published.NOT_YET);
        Fault.point("port.opened");
      }
      Fault.point("port.reserved");
      return List.copyOf(reserved);
    } catch (RuntimeException e) {
      reserved.forEach(this::release);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private PortReservation reserve(String holder, PortSpec spec) {
    return namespace.call(
        () -> {
          try {
            return PortSockets.open(spec, holder);
          } catch (LinuxException e) {
            throw conflict(spec, e);
          }
        });
  }

  private NetworkException conflict(PortSpec spec, LinuxException e) {
    String address = spec.hostAddress().isEmpty() ? "0.0.0.0" : spec.hostAddress();
    String text = address.contains(":") ? "[" + address + "]" : address;
    String what = "Bind for " + text + ":" + spec.first() + " failed: ";
    if (e.is(Errno.EADDRINUSE)) {
      String range = spec.last() > spec.first() ? " and so are all up to " + spec.last() : "";
      return new NetworkException(what + "port is already allocated" + range + holder(spec), e);
    }
    if (e.is(Errno.EADDRNOTAVAIL)) {
      return new NetworkException(what + address + " is not an address of this host", e);
    }
    return new NetworkException(what + e.getMessage(), e);
  }

  private String holder(PortSpec spec) {
    Optional<String> own =
        reservations.keySet().stream()
            .filter(r -> r.port() == spec.first() && r.spec().protocol() == spec.protocol())
            .map(PortReservation::holder)
            .findFirst();
    return own.or(() -> PortOwner.find(spec.protocol(), spec.first()))
        .map(who -> "; " + spec.first() + "/" + spec.protocol().text() + " is held by " + who)
        .orElse("");
  }

  /**
   * Takes back the sockets of a reservation that another process has kept: the reservation owns
   * them from now on.
   */
  public PortReservation adopt(String holder, PortSpec spec, List<Fd> sockets) {
    List<InetAddress> addresses = new ArrayList<>();
    int port = 0;
    for (Fd socket : sockets) {
      InetSocketAddress address = InetSocket.localAddress(socket);
      addresses.add(address.getAddress());
      port = address.getPort();
    }
    PortReservation reservation = new PortReservation(spec, holder, port, sockets, addresses);
    lock.lock();
    try {
      reservations.put(reservation, Published.NOT_YET);
    } finally {
      lock.unlock();
    }
    return reservation;
  }

  /**
   * Leads the traffic of {@code reserved} to {@code endpoint}; by NAT where it can, and for the
   * rest (such as [::] when the container has no IPv6 address) by a proxy on the sockets.
   *
   * @param network the endpoint's network: not an internal one, into which nothing is published
   */
  public void publish(List<PortReservation> reserved, Network network, Endpoint endpoint) {
    if (network.config().internal()) {
      throw new NetworkException(
          "network " + network.name() + " is internal: no port can be published into it");
    }
    if (reserved.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      // After the raw drop of the firewall is there, before the elements: an element first makes
      // connections to 127.0.0.1 hang, and this without the drop lets neighbours in.
      firewall.install(Set.of());
      Fault.point("port.guarded");
      namespace.run(
          () -> Sysctl.writeIfDifferent("ipv4/conf/" + network.bridge() + "/route_localnet", "1"));
      Fault.point("port.localnet");
      List<Forwarding> all = new ArrayList<>();
      for (PortReservation reservation : reserved) {
        Published before = reservations.getOrDefault(reservation, Published.NOT_YET);
        List<Forwarding> forwardings = forwardings(reservation, endpoint);
        closeAll(before.proxies());
        reservations.put(reservation, new Published(forwardings, proxies(reservation, target(reservation, endpoint))));
        all.addAll(forwardings);
      }
      Fault.point("port.proxied");
      firewall.publish(all);
      Fault.point("port.published");
    } finally {
      lock.unlock();
    }
  }

  private static List<Forwarding> forwardings(PortReservation reservation, Endpoint endpoint) {
    List<Forwarding> forwardings = new ArrayList<>();
    for (InetAddress address : reservation.addresses()) {
      boolean v6Loopback = address.isLoopbackAddress() && address.getAddress().length == 16;
      for (Endpoint.Address to : endpoint.addresses()) {
        if (to.address().getAddress().length == address.getAddress().length && !v6Loopback) {
          forwardings.add(
              new Forwarding(
                  reservation.spec().protocol().number(),
                  address,
                  reservation.port(),
                  to.address(),
                  reservation.spec().containerPort()));
        }
      }
    }
    return forwardings;
  }

  private static InetSocketAddress target(PortReservation reservation, Endpoint endpoint) {
    return new InetSocketAddress(endpoint.address(), reservation.spec().containerPort());
  }

  private List<AutoCloseable> proxies(PortReservation reservation, InetSocketAddress target) {
    boolean tcp = reservation.spec().protocol() == PortSpec.Protocol.TCP;
    List<AutoCloseable> proxies = new ArrayList<>();
    for (Fd socket : reservation.sockets()) {
      proxies.add(tcp ? proxy.tcp(socket, target) : proxy.udp(socket, target));
    }
    return proxies;
  }

  /** Ends the forwarding of {@code reserved}; the ports stay reserved. */
  public void unpublish(List<PortReservation> reserved) {
    lock.lock();
    try {
      List<Forwarding> all = new ArrayList<>();
      for (PortReservation reservation : reserved) {
        Published published =
            reservations.replace(reservation, Published.NOT_YET) instanceof Published p
                ? p
                : Published.NOT_YET;
        all.addAll(published.forwardings());
        closeAll(published.proxies());
      }
      if (!all.isEmpty()) {
        firewall.unpublish(all);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Refuses whoever comes, for a container that has left all networks: the ports stay reserved, and nobody hangs. */
  public void refuse(List<PortReservation> reserved) {
    // No connection can be made to port 0, and what can't be forwarded is refused.
    InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    lock.lock();
    try {
      unpublish(reserved);
      for (PortReservation reservation : reserved) {
        reservations.replace(reservation, new Published(List.of(), proxies(reservation, nowhere)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives a port up: its sockets are closed here. One that is given up already is fine. */
  public void release(PortReservation reservation) {
    lock.lock();
    try {
      try {
        unpublish(List.of(reservation));
        Fault.point("port.unpublished");
      } finally {
        // Whatever became of the forwarding: the next to listen here finds the port free.
        reservations.remove(reservation);
        reservation.sockets().forEach(Fd::close);
      }
      Fault.point("port.released");
    } finally {
      lock.unlock();
    }
  }

  /** The ports that are held now, and for whom. */
  public List<PortReservation> reserved() {
    lock.lock();
    try {
      return List.copyOf(reservations.keySet());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops the forwardings of a former engine that nobody has published again: to be called when all
   * have.
   */
  public void forgetOthers() {
    lock.lock();
    try {
      firewall.retainOnly(
          reservations.values().stream().flatMap(p -> p.forwardings().stream()).toList());
    } finally {
      lock.unlock();
    }
  }

  private static void closeAll(List<AutoCloseable> proxies) {
    for (AutoCloseable proxy : proxies) {
      try {
        proxy.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Closes our descriptors of all ports; forwarding by NAT goes on, for the engine that comes next.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      reservations.forEach(
          (reservation, published) -> {
            closeAll(published.proxies());
            reservation.sockets().forEach(Fd::close);
          });
      reservations.clear();
      proxy.close();
    } finally {
      lock.unlock();
    }
  }
}

package io.jcompose.network.dns;

import io.jcompose.linux.Fd;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers the queries of all containers on one thread. A container's resolv.conf has {@code
 * nameserver 127.0.0.11}, the host's search list, and {@code options ndots:0} unless the user set
 * ndots: then a service's name is asked for as it is, before the search list.
 *
 * <p>What is known (names of the container's own networks, alone or before the network's name, its
 * links, the reverse of their addresses, localhost) is answered here with a life of a second,
 * replicas in random order; a known name has an empty answer, never NXDOMAIN, for a type it lacks.
 * What can only be private (one label, a name under a network's, the reverse of our addresses) is
 * NXDOMAIN and goes nowhere. The rest is asked of the host's resolvers; for a container on internal
 * networks alone it is REFUSED.
 */
public final class DnsServer implements AutoCloseable {
  private static final long IDLE_MILLIS = 10_000;

  private final EventLoop loop;
  private final Shared shared;
  private final Map<String, Container> containers = new HashMap<>();

  /** With another time after which a TCP connection on which nothing happens is closed. */
  DnsServer(Path resolvConf, long idleMillis) {
    loop = new EventLoop("dns");
    shared = new Shared(loop, new Forwarder(loop, new HostResolvers(resolvConf)), idleMillis);
  }

  /**
   * Starts the server's thread. It asks outside from the network namespace of the calling thread,
   * which is to be the host's.
   *
   * @param resolvConf the host's resolv.conf, read again when it changes
   */
  public static DnsServer start(Path resolvConf) {
    return new DnsServer(resolvConf, IDLE_MILLIS);
  }

  /**
   * Replaces the zones of all networks at once: network key (as in {@link DnsView#networks}) →
   * zone.
   */
  public void publish(Map<String, DnsZone> zones) {
    shared.zones(new Zones(zones));
  }

  /**
   * Begins to answer a container, with what waits in its sockets first. The server works on
   * duplicates: {@code sockets} stays the caller's, to hand to the keeper and to close. What the
   * container may find is to be {@link #publish published} before: a name that is not there yet
   * does not exist.
   *
   * @throws io.jcompose.linux.LinuxException when no descriptors are left
   * @throws IllegalStateException when the container is attached already, or the server closed
   */
  public void attach(String containerId, DnsSockets sockets, DnsView view) {
    loop.call(
        () -> {
          if (containers.containsKey(containerId)) {
            throw new IllegalStateException("DNS already serves container " + containerId);
          }
          Fd udp = sockets.udp().duplicate();
          Fd tcp;
          try {
            tcp = sockets.tcp().duplicate();
          } catch (RuntimeException e) {
            udp.close();
            throw e;
          }
          containers.put(containerId, new Container(shared, udp, tcp, view));
          return null;
        });
  }

  /**
   * Replaces what a container may ask for: it has joined or left a network. Unknown ids are
   * ignored.
   */
  public void view(String containerId, DnsView view) {
    loop.call(
        () -> {
          Container container = containers.get(containerId);
          if (container != null) {
            container.view(view);
          }
          return null;
        });
  }

  /**
   * Ends answering a container: once this returns the server holds none of its descriptors. Queries
   * that come later wait in the sockets as long as somebody holds them. Unknown ids are ignored.
   */
  public void detach(String containerId) {
    loop.call(
        () -> {
          Container container = containers.remove(containerId);
          if (container != null) {
            container.close();
          }
          return null;
        });
  }

  /** Ends the thread and lets go of every descriptor. */
  @Override
  public void close() {
    loop.close();
  }
}

package io.jcompose.network.dns;

import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.Namespaces;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Asks the host's resolvers, or a container's own, for names that are none of ours. Its sockets
 * belong to the namespace of the loop's thread, the host's: a resolver at a loopback address of the
 * host is reached.
 */
final class Forwarder {
  /** Questions under way; each has two sockets at most. */
  private static final int MAX_EXCHANGES = 512;

  /** For how long a server that has kept silent is asked last, in nanoseconds. */
  private static final long SHUNNED = 10_000_000_000L;

  private static final int MAX_REMEMBERED = 64;

  private final EventLoop loop;
  private final HostResolvers host;
  private final SecureRandom random = new SecureRandom();
  private final Map<InetSocketAddress, Long> silentSince = new HashMap<>();
  private final Set<Exchange> exchanges = new HashSet<>();
  private final byte[] buffer = new byte[Dns.MAX_UDP];

  Forwarder(EventLoop loop, HostResolvers host) {
    this.loop = loop;
    this.host = host;
  }

  boolean hasRoom() {
    return exchanges.size() < MAX_EXCHANGES;
  }

  /**
   * Asks {@code own} servers, or the host's if there are none. Once {@code started} has been told,
   * and never before this returns, {@code done} gets the answer, which may be that there is none
   * (SERVFAIL).
   *
   * @param container a socket of the container, whose own loopback addresses are meant in {@code
   *     own}
   */
  void ask(
      Query query,
      List<InetAddress> own,
      Fd container,
      boolean overTcp,
      Consumer<Exchange> started,
      BiConsumer<Exchange, byte[]> done) {
    List<InetSocketAddress> servers = own.isEmpty() ? host.current() : HostResolvers.of(own);
    Exchange.Sockets sockets =
        own.isEmpty()
            ? (server, make) -> make.call()
            : (server, make) -> near(container, server, make);
    Exchange exchange = new Exchange(this, query, inOrder(servers), sockets, overTcp, done);
    exchanges.add(exchange);
    started.accept(exchange);
    exchange.start();
  }

  private static Fd near(Fd container, InetAddress server, Callable<Fd> make) throws Exception {
    if (!server.isLoopbackAddress()) {
      return make.call();
    }
    try (Fd network = InetSocket.network(container)) {
      return Namespaces.inNetwork(network, make);
    }
  }

  private List<InetSocketAddress> inOrder(List<InetSocketAddress> servers) {
    if (silentSince.isEmpty()) {
      return servers;
    }
    long now = System.nanoTime();
    silentSince.values().removeIf(since -> now - since > SHUNNED);
    return servers.stream().sorted(Comparator.comparing(silentSince::containsKey)).toList();
  }

  void silent(InetSocketAddress server) {
    if (silentSince.size() < MAX_REMEMBERED) {
      silentSince.put(server, System.nanoTime());
    }
  }

  void answered(InetSocketAddress server) {
    silentSince.remove(server);
  }

  void ended(Exchange exchange) {
    exchanges.remove(exchange);
  }

  EventLoop loop() {
    return loop;
  }

  int randomId() {
    return random.nextInt(0x10000);
  }

  /** Where a datagram from a server is looked at. */
  byte[] buffer() {
    return buffer;
  }
}

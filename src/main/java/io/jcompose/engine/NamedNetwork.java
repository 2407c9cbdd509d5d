package io.jcompose.engine;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.network.dns.DnsSockets;
import io.jcompose.network.firewall.DnsRedirect;
import java.util.function.Consumer;

/**
 * The network namespace of a container that has one of its own and asks us for names, as it is before anything is
 * connected to it.
 *
 * @param sockets to which it sends its questions
 */
record NamedNetwork(Fd namespace, DnsSockets sockets) implements AutoCloseable {
  /**
   * @param prepare does with a new namespace what every container's has
   */
  static NamedNetwork make(Consumer<Fd> prepare) {
    Fd namespace = namespace(prepare);
    try {
      DnsSockets sockets = DnsSockets.open(namespace);
      try {
        DnsRedirect.install(namespace, sockets.udpPort(), sockets.tcpPort());
        return new NamedNetwork(namespace, sockets);
      } catch (RuntimeException e) {
        sockets.close();
        throw e;
      }
    } catch (RuntimeException e) {
      namespace.close();
      throw e;
    }
  }

  /** The namespace alone, for a container that asks us nothing. */
  static Fd namespace(Consumer<Fd> prepare) {
    Fd namespace = Namespaces.newNetwork();
    try {
      prepare.accept(namespace);
      return namespace;
    } catch (RuntimeException e) {
      namespace.close();
      throw e;
    }
  }

  @Override
  public void close() {
    sockets.close();
    namespace.close();
  }
}

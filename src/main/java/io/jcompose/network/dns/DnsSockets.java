package io.jcompose.network.dns;

import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.Namespaces;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The two sockets on which one container's queries arrive, bound to 127.0.0.11 inside its network
 * namespace on ports of their own, so that port 53 stays the image's. The container's keeper holds
 * duplicates: while no engine runs, queries wait in them.
 *
 * @param udp a non-blocking UDP socket
 * @param tcp a listening, non-blocking TCP socket
 * @param udpPort where port 53 of 127.0.0.11 is redirected to, for UDP
 * @param tcpPort the same for TCP
 */
public record DnsSockets(Fd udp, Fd tcp, int udpPort, int tcpPort) implements AutoCloseable {
  /** The address that containers have as their name server. */
  public static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.11");

  private static final int BACKLOG = 128;

  /** Opens the sockets in {@code network}. Its loopback link need not be up yet. */
  public static DnsSockets open(Fd network) {
    return Namespaces.inNetwork(network, DnsSockets::openHere);
  }

  /** The sockets of a container that ran on without an engine, as its keeper gives them back. */
  public static DnsSockets adopt(Fd udp, Fd tcp) {
    return new DnsSockets(
        udp, tcp, InetSocket.localAddress(udp).getPort(), InetSocket.localAddress(tcp).getPort());
  }

  private static DnsSockets openHere() {
    Fd udp = bound(InetSocket.datagram(ADDRESS));
    try {
      Fd tcp = bound(InetSocket.stream(ADDRESS));
      try {
        InetSocket.listen(tcp, BACKLOG);
        return adopt(udp, tcp);
      } catch (RuntimeException e) {
        tcp.close();
        throw e;
      }
    } catch (RuntimeException e) {
      udp.close();
      throw e;
    }
  }

  private static Fd bound(Fd socket) {
    try {
      InetSocket.allowAbsentAddress(socket);
      InetSocket.bind(socket, new InetSocketAddress(ADDRESS, 0));
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void close() {
    udp.close();
    tcp.close();
  }
}

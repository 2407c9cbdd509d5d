package io.jcompose.network;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import io.jcompose.network.PortSpec.Protocol;
import io.jcompose.network.ipam.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets that hold published ports. TCP ones listen: a port that is merely bound can still be
 * taken by another socket with SO_REUSEADDR, which the restart of a service needs (TIME_WAIT).
 */
final class PortSockets {
  private static final int BACKLOG = 1024;
  private static final int ATTEMPTS_FOR_ANY = 16;

  private PortSockets() {}

  static List<InetAddress> addresses(PortSpec spec) {
    return spec.hostAddress().isEmpty()
        ? List.of(Cidr.parseAddress("0.0.0.0"), Cidr.parseAddress("::"))
        : List.of(Cidr.parseAddress(spec.hostAddress()));
  }

  /** Holds one of the ports that {@code spec} allows, in the calling thread's network namespace. */
  static PortReservation open(PortSpec spec, String holder) {
    List<InetAddress> addresses = addresses(spec);
    boolean anyPort = spec.first() == 0;
    int tries = anyPort ? ATTEMPTS_FOR_ANY : spec.last() - spec.first() + 1;
    LinuxException failure = null;
    for (int i = 0; i < tries; i++) {
      try {
        return open(spec, holder, addresses, anyPort ? 0 : spec.first() + i);
      } catch (LinuxException e) {
        if (!e.is(Errno.EADDRINUSE)) {
          throw e;
        }
        failure = failure == null ? e : failure;
      }
    }
    throw failure;
  }

  private static PortReservation open(
      PortSpec spec, String holder, List<InetAddress> addresses, int wanted) {
    List<Fd> sockets = new ArrayList<>();
    List<InetAddress> held = new ArrayList<>();
    int port = wanted;
    try {
      for (InetAddress address : addresses) {
        boolean optional = !held.isEmpty();
        try {
          Fd socket = open(spec.protocol(), address, port);
          sockets.add(socket);
          held.add(address);
          port = InetSocket.localAddress(socket).getPort();
        } catch (LinuxException e) {
          if (!optional || !(e.is(Errno.EAFNOSUPPORT) || e.is(Errno.EADDRNOTAVAIL))) {
            throw e;
          }
          // A host without IPv6 has no :: to listen on.
        }
      }
      return new PortReservation(spec, holder, port, sockets, held);
    } catch (RuntimeException e) {
      sockets.forEach(Fd::close);
      throw e;
    }
  }

  private static Fd open(Protocol protocol, InetAddress address, int port) {
    boolean tcp = protocol == Protocol.TCP;
    Fd socket = tcp ? InetSocket.stream(address) : InetSocket.datagram(address);
    try {
      if (address.getAddress().length == 16) {
        InetSocket.onlyIpv6(socket);
      }
      if (tcp) {
        InetSocket.reuseAddress(socket);
      }
      InetSocket.bind(socket, new InetSocketAddress(address, port));
      if (tcp) {
        InetSocket.listen(socket, BACKLOG);
      }
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }
}

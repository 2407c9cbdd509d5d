package io.jcompose.network;

import io.jcompose.linux.Fd;
import java.net.InetAddress;
import java.util.List;

/**
 * A host port that is held by sockets which listen on it (TCP) or are bound to it (UDP). The
 * descriptors may be given to another process to keep, and taken back with {@link Ports#adopt}.
 *
 * @param spec what was asked for
 * @param holder for whom, in words: "web-1 of project shop"
 * @param port the host port that it came to be
 * @param sockets one for each of {@code addresses}; owned by this reservation
 * @param addresses where they listen: one address of the host, or 0.0.0.0 and ::
 */
public record PortReservation(
    PortSpec spec, String holder, int port, List<Fd> sockets, List<InetAddress> addresses) {
  public PortReservation {
    sockets = List.copyOf(sockets);
    addresses = List.copyOf(addresses);
  }
}

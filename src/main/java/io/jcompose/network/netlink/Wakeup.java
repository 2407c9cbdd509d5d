package io.jcompose.network.netlink;

import io.jcompose.linux.NetlinkSocket;
import java.util.List;

/** Ends a wait in {@link NetlinkSocket#receive}, which closing the descriptor would not. */
final class Wakeup {
  private static final int NLMSG_NOOP = 1;

  private Wakeup() {}

  /**
   * Asks the kernel to acknowledge a message that does nothing: the acknowledgement wakes the
   * reader.
   */
  static void of(NetlinkSocket socket) {
    Request noop = new Request("wake up", NLMSG_NOOP, 0, new byte[0]);
    socket.send(Netlink.datagram(List.of(noop), 0, Request.F_ACK));
  }
}

package io.jcompose.network.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Messages for the neighbour table: which hardware address answers for an address. */
public final class Neighbours {
  private static final int RTM_NEWNEIGH = 28;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int NUD_PERMANENT = 0x80;

  private Neighbours() {}

  /**
   * Fixes the hardware address of a neighbour, so that nobody else on the link can claim its
   * address.
   */
  public static Request fix(int link, InetAddress address, byte[] mac) {
    byte[] bytes = address.getAddress();
    byte[] header =
        ByteBuffer.allocate(12)
            .order(ByteOrder.nativeOrder())
            .putInt(Addresses.family(bytes))
            .putInt(link)
            .putShort((short) NUD_PERMANENT)
            .putShort((short) 0)
            .array();
    Attributes body = new Attributes().raw(header).put(NDA_DST, bytes).put(NDA_LLADDR, mac);
    String what = "fix neighbour " + address.getHostAddress();
    return new Request(what, RTM_NEWNEIGH, Request.F_CREATE | Request.F_REPLACE, body.bytes());
  }
}

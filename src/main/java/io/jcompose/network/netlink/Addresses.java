package io.jcompose.network.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Messages for the addresses of links (rtnetlink(7), linux/if_addr.h). */
public final class Addresses {
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_GETADDR = 22;
  private static final int HEADER = 8;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_BROADCAST = 4;
  private static final int IFA_F_NODAD = 2;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private Addresses() {}

  /** An address of a link; {@code prefix} is the length of its network part in bits. */
  public record Assigned(int link, InetAddress address, int prefix) {}

  /**
   * Gives the link {@code index} an address; one that it has already is kept. IPv6: without probing
   * (DAD).
   */
  public static Request add(int index, InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    boolean v4 = bytes.length == 4;
    byte[] header =
        ByteBuffer.allocate(HEADER)
            .order(ByteOrder.nativeOrder())
            .put((byte) family(bytes))
            .put((byte) prefix)
            .put((byte) (v4 ? 0 : IFA_F_NODAD))
            .put((byte) 0)
            .putInt(index)
            .array();
    Attributes body = new Attributes().raw(header).put(IFA_ADDRESS, bytes).put(IFA_LOCAL, bytes);
    if (v4 && prefix < 31) {
      int broadcast = ByteBuffer.wrap(bytes).getInt() | (prefix == 0 ? -1 : -1 >>> prefix);
      body.put(IFA_BROADCAST, ByteBuffer.allocate(4).putInt(broadcast).array());
    }
    String what = "add address " + address.getHostAddress() + "/" + prefix;
    return new Request(what, RTM_NEWADDR, Request.F_CREATE | Request.F_REPLACE, body.bytes());
  }

  /** All addresses of the socket's namespace. */
  public static List<Assigned> list(Netlink route) {
    Request request = new Request("list addresses", RTM_GETADDR, 0, new byte[HEADER]);
    List<Assigned> addresses = new ArrayList<>();
    for (Answer answer : route.dump(request)) {
      Map<Integer, byte[]> attributes = answer.attributes(HEADER);
      byte[] address = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
      if (answer.type() == RTM_NEWADDR && address != null) {
        addresses.add(new Assigned(answer.u32At(4), address(address), answer.u8At(1)));
      }
    }
    return addresses;
  }

  static int family(byte[] address) {
    return address.length == 4 ? AF_INET : AF_INET6;
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
    }
  }
}

package io.jcompose.network.netlink;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages for routes (rtnetlink(7), linux/rtnetlink.h). */
public final class Routes {
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_GETROUTE = 26;
  private static final int HEADER = 12;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_TABLE = 15;
  private static final int RT_TABLE_MAIN = 254;
  private static final int RT_TABLE_LOCAL = 255;
  private static final int RTPROT_BOOT = 3;
  private static final int RTN_UNICAST = 1;
  private static final int RTM_F_CLONED = 0x200;

  private Routes() {}

  /**
   * A route of the host.
   *
   * @param destination of the route; the all-zero address for a default route
   * @param prefix length of the destination in bits
   * @param link index of the outgoing link, or 0
   * @param metric lower wins
   */
  public record Route(
      InetAddress destination, int prefix, int link, Optional<InetAddress> gateway, int metric) {
    public boolean isDefault() {
      return prefix == 0;
    }
  }

  /** Sets the default route of the gateway's family, in place of one that is there. */
  public static Request setDefault(InetAddress gateway, int link) {
    byte[] via = gateway.getAddress();
    Attributes body = new Attributes().raw(header(Addresses.family(via), 0));
    body.put(RTA_GATEWAY, via).u32(RTA_OIF, link);
    String what = "set default route via " + gateway.getHostAddress();
    return new Request(what, RTM_NEWROUTE, Request.F_CREATE | Request.F_REPLACE, body.bytes());
  }

  /** The unicast routes of the socket's namespace, of all tables but the kernel's local one. */
  public static List<Route> list(Netlink route) {
    Request request = new Request("list routes", RTM_GETROUTE, 0, new byte[HEADER]);
    List<Route> routes = new ArrayList<>();
    for (Answer answer : route.dump(request)) {
      Map<Integer, byte[]> attributes = answer.attributes(HEADER);
      int table =
          attributes.containsKey(RTA_TABLE)
              ? Answer.u32(attributes.get(RTA_TABLE))
              : answer.u8At(4);
      if (answer.type() != RTM_NEWROUTE
          || answer.u8At(7) != RTN_UNICAST
          || table == RT_TABLE_LOCAL
          || (answer.u32At(8) & RTM_F_CLONED) != 0) {
        continue;
      }
      int length = answer.u8At(0) == 2 ? 4 : 16;
      byte[] to = attributes.getOrDefault(RTA_DST, new byte[length]);
      routes.add(
          new Route(
              Addresses.address(to),
              answer.u8At(1),
              number(attributes.get(RTA_OIF)),
              Optional.ofNullable(attributes.get(RTA_GATEWAY)).map(Addresses::address),
              number(attributes.get(RTA_PRIORITY))));
    }
    return routes;
  }

  private static int number(byte[] value) {
    return value == null ? 0 : Answer.u32(value);
  }

  /** struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags. */
  private static byte[] header(int family, int prefix) {
    byte[] header = new byte[HEADER];
    header[0] = (byte) family;
    header[1] = (byte) prefix;
    header[4] = (byte) RT_TABLE_MAIN;
    header[5] = RTPROT_BOOT;
    header[7] = RTN_UNICAST;
    return header;
  }
}

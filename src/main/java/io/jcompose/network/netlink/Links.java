package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages that make, change, remove and list network interfaces (rtnetlink(7), linux/if_link.h).
 */
public final class Links {
  static final int RTM_NEWLINK = 16;
  static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;
  static final int HEADER = 16;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_GROUP = 27;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_INFO_SLAVE_KIND = 4;
  private static final int IFLA_INFO_SLAVE_DATA = 5;
  private static final int IFLA_BRPORT_MODE = 4;
  private static final int IFLA_BR_NF_CALL_IPTABLES = 36;
  private static final int IFLA_BR_NF_CALL_IP6TABLES = 37;
  private static final int IFLA_BRPORT_ISOLATED = 33;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFF_UP = 1;

  private Links() {}

  /** Makes a bridge that is down, in the group {@code group}. */
  public static Request createBridge(String name, int mtu, byte[] mac, int group) {
    Attributes body = new Attributes().raw(header(0, 0, 0)).text(IFLA_IFNAME, name);
    body.u32(IFLA_MTU, mtu).put(IFLA_ADDRESS, mac).u32(IFLA_GROUP, group);
    body.begin(IFLA_LINKINFO).text(IFLA_INFO_KIND, "bridge").end();
    return create("create bridge " + name, body);
  }

  /**
   * The end of a veth pair that goes into a container.
   *
   * @param network its network namespace
   */
  public record Peer(String name, byte[] mac, Fd network) {}

  /**
   * Makes a veth pair: one end here, up, and a port of the bridge {@code master}; the other in
   * another namespace, and down (up at once fails with ENOTCONN).
   */
  public static Request createVeth(String name, int mtu, int master, Peer peer) {
    Attributes body = new Attributes().raw(header(0, IFF_UP, IFF_UP)).text(IFLA_IFNAME, name);
    body.u32(IFLA_MTU, mtu).u32(IFLA_MASTER, master);
    body.begin(IFLA_LINKINFO).text(IFLA_INFO_KIND, "veth").begin(IFLA_INFO_DATA);
    body.begin(VETH_INFO_PEER).raw(header(0, 0, 0)).text(IFLA_IFNAME, peer.name());
    body.u32(IFLA_MTU, mtu).put(IFLA_ADDRESS, peer.mac());
    body.u32(IFLA_NET_NS_FD, peer.network().number());
    body.end().end().end();
    return create("create interface " + peer.name() + " (" + name + ")", body);
  }

  private static Request create(String what, Attributes body) {
    return new Request(what, RTM_NEWLINK, Request.F_CREATE | Request.F_EXCL, body.bytes());
  }

  public static Request up(int index) {
    byte[] body = new Attributes().raw(header(index, IFF_UP, IFF_UP)).bytes();
    return new Request("set link " + index + " up", RTM_SETLINK, 0, body);
  }

  /** Lets the bridge send a frame back out of the port {@code name} that it came in by. */
  public static Request hairpin(String name) {
    return port(name, IFLA_BRPORT_MODE, "set hairpin mode of " + name);
  }

  /**
   * What the bridge {@code name} passes on goes through the IP firewall (br_netfilter), whatever the host's
   * setting for all bridges says.
   */
  public static Request filter(String name) {
    Attributes body = new Attributes().raw(header(0, 0, 0)).text(IFLA_IFNAME, name);
    body.begin(IFLA_LINKINFO).text(IFLA_INFO_KIND, "bridge").begin(IFLA_INFO_DATA);
    body.u8(IFLA_BR_NF_CALL_IPTABLES, 1).u8(IFLA_BR_NF_CALL_IP6TABLES, 1).end().end();
    return new Request("filter what bridge " + name + " passes on", RTM_NEWLINK, 0, body.bytes());
  }

  /** The bridge sends no frame from one isolated port to another. */
  public static Request isolate(String name) {
    return port(name, IFLA_BRPORT_ISOLATED, "isolate " + name);
  }

  private static Request port(String name, int flag, String what) {
    Attributes body = new Attributes().raw(header(0, 0, 0)).text(IFLA_IFNAME, name);
    body.begin(IFLA_LINKINFO).text(IFLA_INFO_SLAVE_KIND, "bridge");
    body.begin(IFLA_INFO_SLAVE_DATA).u8(flag, 1).end().end();
    return new Request(what, RTM_NEWLINK, 0, body.bytes());
  }

  /** Puts a link into a group, so that {@link #deleteGroup} can remove many at the price of one. */
  public static Request group(String name, int group) {
    byte[] body =
        new Attributes()
            .raw(header(0, 0, 0))
            .text(IFLA_IFNAME, name)
            .u32(IFLA_GROUP, group)
            .bytes();
    return new Request("put " + name + " into a group", RTM_SETLINK, 0, body).orIf(Errno.ENODEV);
  }

  public static Request deleteGroup(int group) {
    byte[] body = new Attributes().raw(header(0, 0, 0)).u32(IFLA_GROUP, group).bytes();
    return new Request("delete links of group " + group, RTM_DELLINK, 0, body).orIf(Errno.ENODEV);
  }

  /** Removes a link; that it is gone already counts as success. */
  public static Request delete(String name) {
    byte[] body = new Attributes().raw(header(0, 0, 0)).text(IFLA_IFNAME, name).bytes();
    return new Request("delete link " + name, RTM_DELLINK, 0, body).orIf(Errno.ENODEV);
  }

  /** All links of the socket's namespace. */
  public static List<Link> list(Netlink route) {
    Request request =
        new Request("list links", RTM_GETLINK, 0, new Attributes().raw(header(0, 0, 0)).bytes());
    List<Link> links = new ArrayList<>();
    for (Answer answer : route.dump(request)) {
      if (answer.type() == RTM_NEWLINK) {
        links.add(link(answer));
      }
    }
    return links;
  }

  /** The link {@code name} of the socket's namespace. */
  public static Optional<Link> find(Netlink route, String name) {
    byte[] body = new Attributes().raw(header(0, 0, 0)).text(IFLA_IFNAME, name).bytes();
    try {
      return Optional.of(link(route.ask(new Request("find link " + name, RTM_GETLINK, 0, body))));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static Link link(Answer answer) {
    Map<Integer, byte[]> attributes = answer.attributes(HEADER);
    byte[] master = attributes.get(IFLA_MASTER);
    byte[] info = attributes.getOrDefault(IFLA_LINKINFO, new byte[0]);
    byte[] kind = Answer.attributes(info, 0).getOrDefault(IFLA_INFO_KIND, new byte[0]);
    byte[] mtu = attributes.get(IFLA_MTU);
    byte[] group = attributes.get(IFLA_GROUP);
    return new Link(
        answer.u32At(4),
        Answer.text(attributes.getOrDefault(IFLA_IFNAME, new byte[0])),
        (answer.u32At(8) & IFF_UP) != 0,
        mtu == null ? 0 : Answer.u32(mtu),
        master == null ? 0 : Answer.u32(master),
        attributes.getOrDefault(IFLA_ADDRESS, new byte[0]),
        Answer.text(kind),
        group == null ? 0 : Answer.u32(group));
  }

  /** struct ifinfomsg: family, type, index, flags, mask of flags to change. */
  private static byte[] header(int index, int flags, int mask) {
    return ByteBuffer.allocate(HEADER)
        .order(ByteOrder.nativeOrder())
        .putInt(0)
        .putInt(index)
        .putInt(flags)
        .putInt(mask)
        .array();
  }
}

package io.jcompose.network.netlink;

import io.jcompose.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kernel's memory of connections (linux/netfilter/nfnetlink_conntrack.h). */
public final class Conntrack {
  private static final int GET = NfMessages.type(NfMessages.CONNTRACK, 1);
  private static final int DELETE = NfMessages.type(NfMessages.CONNTRACK, 2);
  private static final int TUPLE_ORIG = 1;
  private static final int TUPLE_PROTO = 2;
  private static final int PROTO_NUM = 1;
  private static final int PROTO_DST_PORT = 3;

  private Conntrack() {}

  /**
   * Forgets the connections to {@code port} of this host: else a UDP client's packets go on to the
   * container that had the port before.
   *
   * @param protocol {@link Rule#TCP} or {@link Rule#UDP}
   */
  public static void forget(Netlink netfilter, int protocol, int port) {
    for (int family : new int[] {2, 10}) {
      byte[] header = NfMessages.header(family, 0);
      List<Request> deletions = new ArrayList<>();
      for (Answer answer : netfilter.dump(new Request("list connections", GET, 0, header))) {
        byte[] tuple = answer.attributes(4).get(TUPLE_ORIG);
        if (tuple != null && isTo(tuple, protocol, port)) {
          byte[] body = new Attributes().raw(header).begin(TUPLE_ORIG).raw(tuple).end().bytes();
          deletions.add(new Request("forget a connection", DELETE, 0, body).orIf(Errno.ENOENT));
        }
      }
      netfilter.execute(deletions);
    }
  }

  private static boolean isTo(byte[] tuple, int protocol, int port) {
    byte[] nested = Answer.attributes(tuple, 0).get(TUPLE_PROTO);
    if (nested == null) {
      return false;
    }
    Map<Integer, byte[]> proto = Answer.attributes(nested, 0);
    byte[] number = proto.get(PROTO_NUM);
    byte[] to = proto.get(PROTO_DST_PORT);
    return number != null
        && to != null
        && number[0] == protocol
        && ((to[0] & 0xff) << 8 | to[1] & 0xff) == port;
  }
}

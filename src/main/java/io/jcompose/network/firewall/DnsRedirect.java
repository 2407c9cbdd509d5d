package io.jcompose.network.firewall;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.Nftables;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Rule;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Inside a container's network namespace, port 53 of 127.0.0.11 leads to the ports that our DNS
 * sockets have: so that the image may listen on port 53 itself. Queries and answers need no rule
 * more.
 */
public final class DnsRedirect {
  /** Where a container's resolv.conf points to. */
  public static final InetAddress SERVER = Cidr.parseAddress("127.0.0.11");

  private static final String TABLE = "jcompose-dns";
  private static final int PORT = 53;
  private static final int DSTNAT = -100;

  private DnsRedirect() {}

  /**
   * Redirects in the namespace {@code network}, which is new. Nothing is deleted before: closing a socket by which
   * something was waits until every CPU has passed the scheduler.
   */
  public static void install(Fd network, int udpPort, int tcpPort) {
    List<Request> batch = batch(udpPort, tcpPort);
    Namespaces.inNetwork(
        network,
        () -> {
          try (Netlink netfilter = Netlink.netfilter()) {
            netfilter.transact(batch);
          }
          return true;
        });
  }

  private static List<Request> batch(int udpPort, int tcpPort) {
    List<Request> requests = new ArrayList<>();
    requests.add(Nftables.table(Nftables.IPV4, TABLE, 0));
    requests.add(Nftables.chain(Nftables.IPV4, TABLE, "output", "nat", Nftables.OUTPUT, DSTNAT));
    requests.add(rule(Rule.UDP, udpPort));
    requests.add(rule(Rule.TCP, tcpPort));
    return requests;
  }

  private static Request rule(int protocol, int port) {
    Rule rule = new Rule().to(SERVER).protocol(protocol).toPort(PORT);
    rule.destination(SERVER, port);
    return Nftables.rule(Nftables.IPV4, TABLE, "output", "the embedded DNS server", rule);
  }
}

package io.jcompose.network;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import io.jcompose.network.firewall.Firewall;
import io.jcompose.network.firewall.Neighbours;
import io.jcompose.network.netlink.Link;
import io.jcompose.network.netlink.Links;
import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What this kernel can do of what networks are made of: tried, in a namespace that goes again at once. */
public final class KernelProbe {
  private static final int MTU = 1500;

  private KernelProbe() {}

  /** What is missing, each with what to do about it; empty when all is there. */
  public static List<String> missing() {
    List<String> missing = new ArrayList<>();
    try (Fd outside = Namespaces.newNetwork();
        Fd inside = Namespaces.newNetwork()) {
      tried(outside, missing, "bridges (CONFIG_BRIDGE; try modprobe bridge)", KernelProbe::bridge);
      tried(outside, missing, "veth pairs (CONFIG_VETH; try modprobe veth)", () -> pair(inside));
      tried(outside, missing, "nftables with NAT (CONFIG_NF_TABLES_INET, CONFIG_NFT_NAT; try modprobe nft_nat)",
          KernelProbe::rules);
    }
    return missing;
  }

  private static void tried(Fd where, List<String> missing, String what, Runnable attempt) {
    try {
      Namespaces.inNetwork(
          where,
          () -> {
            attempt.run();
            return true;
          });
    } catch (RuntimeException e) {
      missing.add("it has no " + what + ": " + e.getMessage());
    }
  }

  private static void bridge() {
    execute(Links.createBridge("jc-probe", MTU, new byte[] {2, 0, 0, 0, 0, 1}, 0));
  }

  private static void pair(Fd inside) {
    try (Netlink route = Netlink.route()) {
      int bridge = Links.find(route, "jc-probe").orElseThrow().index();
      Links.Peer peer = new Links.Peer("eth0", new byte[] {2, 0, 0, 0, 0, 2}, inside);
      route.execute(List.of(Links.createVeth("jc-probe-v", MTU, bridge, peer)));
    }
  }

  private static void execute(Request request) {
    try (Netlink route = Netlink.route()) {
      route.execute(List.of(request));
    }
  }

  private static void rules() {
    try (Firewall firewall = Firewall.open("jcompose-probe", "jc", "jci")) {
      firewall.install(Set.of());
      firewall.uninstall();
    }
  }

  /** Links of the host that carry {@code mark}. */
  public static List<String> links(Mark mark) {
    try (Netlink route = Netlink.route()) {
      return Links.list(route).stream().map(Link::name).filter(name -> name.startsWith(mark.linkPrefix())).toList();
    }
  }

  /** What the user must do so that another firewall on this host lets our traffic through, if there is one. */
  public static Optional<Neighbours.Advice> advice(Mark mark) {
    return Firewall.advice(mark.table(), mark.linkPrefix());
  }
}

package io.jcompose.network.firewall;

import static io.jcompose.network.netlink.Nftables.FORWARD;

import io.jcompose.network.netlink.Netlink;
import io.jcompose.network.netlink.Nftables;
import io.jcompose.network.netlink.Nftables.Chain;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Other firewalls on this host. A drop in any table's forward chain beats our accept; where Docker
 * has made a chain for such cases we say so there, and touch nobody's rules beyond that.
 */
public final class Neighbours {
  private static final String DOCKER_USER = "DOCKER-USER";
  private static final int IPV6 = 10;
  private final Netlink netfilter;
  private final String table;
  private final String ours;

  Neighbours(Netlink netfilter, String table, String ours) {
    this.netfilter = netfilter;
    this.table = table;
    this.ours = ours;
  }

  /**
   * What the user has to do.
   *
   * @param firewall who blocks us: "ufw"
   * @param command what opens it
   */
  public record Advice(String firewall, String command) {}

  /** Puts our two accepts into each DOCKER-USER chain that has not got them. */
  public void introduce() {
    for (Chain chain : dockerUser()) {
      List<Nftables.Listed> rules =
          Nftables.rules(netfilter, chain.family(), chain.table(), chain.name());
      if (rules.stream().noneMatch(rule -> rule.comment().equals(table))) {
        netfilter.transact(
            List.of(
                accept(chain, new Rule().inPrefix(ours).counter().accept()),
                accept(chain, new Rule().outPrefix(ours).counter().accept())));
      }
    }
  }

  private Request accept(Chain chain, Rule rule) {
    return Nftables.firstRule(chain.family(), chain.table(), chain.name(), table, rule);
  }

  /** Takes our accepts away again. */
  public void leave() {
    for (Chain chain : dockerUser()) {
      List<Request> requests = new ArrayList<>();
      Nftables.rules(netfilter, chain.family(), chain.table(), chain.name()).stream()
          .filter(rule -> rule.comment().equals(table))
          .forEach(
              rule ->
                  requests.add(
                      Nftables.deleteRule(
                          chain.family(), chain.table(), chain.name(), rule.handle())));
      if (!requests.isEmpty()) {
        netfilter.transact(requests);
      }
    }
  }

  private List<Chain> dockerUser() {
    return Nftables.chains(netfilter).stream()
        .filter(chain -> chain.name().equals(DOCKER_USER) && chain.table().equals("filter"))
        .toList();
  }

  /** The one command that lets our traffic through, when something here would stop it. */
  public Optional<Advice> advice() {
    List<Chain> chains = Nftables.chains(netfilter);
    if (chains.stream().anyMatch(chain -> chain.table().equals("firewalld"))) {
      String command = "firewall-cmd --zone=trusted --add-interface=" + ours + "+";
      return Optional.of(new Advice("firewalld", command));
    }
    if (chains.stream().anyMatch(chain -> chain.name().startsWith("ufw-"))) {
      String command =
          "ufw route allow in on " + ours + "+ && ufw route allow out on " + ours + "+";
      return Optional.of(new Advice("ufw", command));
    }
    boolean docker = chains.stream().anyMatch(chain -> chain.name().equals(DOCKER_USER));
    return chains.stream()
        .filter(chain -> chain.hook() == FORWARD && chain.drops())
        .filter(chain -> !chain.table().startsWith("jcompose-"))
        .filter(chain -> !(docker && chain.table().equals("filter")))
        .findFirst()
        .map(this::insertion);
  }

  private Advice insertion(Chain chain) {
    String where = family(chain.family()) + " " + chain.table() + " " + chain.name();
    String rule = "nft insert rule " + where + " ";
    String command =
        rule + "iifname \"" + ours + "*\" accept && " + rule + "oifname \"" + ours + "*\" accept";
    return new Advice("the nftables chain " + where, command);
  }

  private static String family(int family) {
    return switch (family) {
      case Nftables.INET -> "inet";
      case IPV6 -> "ip6";
      default -> "ip";
    };
  }
}

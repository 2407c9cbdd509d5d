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
import java.util.stream.Collectors;

/**
 * Other firewalls on this host. A drop in any table's forward chain beats our accept; where Docker
 * has made a chain for such cases we say so there, and touch nobody's rules beyond that.
 */
public final class Neighbours {
  static final String DOCKER_USER = "DOCKER-USER";
  private static final int IPV6 = 10;
  private final Netlink netfilter;
  private final String table;
  private final String ours;
  private final List<String> named;

  /**
   * @param ours what the names of our bridges begin with
   * @param named the names of those that have others
   */
  Neighbours(Netlink netfilter, String table, String ours, List<String> named) {
    this.netfilter = netfilter;
    this.table = table;
    this.ours = ours;
    this.named = List.copyOf(named);
  }

  /**
   * What the user has to do.
   *
   * @param firewall who blocks us: "ufw"
   * @param command what opens it
   */
  public record Advice(String firewall, String command) {}

  /** Puts our accepts, two for each kind of name, into each DOCKER-USER chain that has not got them. */
  public void introduce() {
    for (Chain chain : dockerUser()) {
      List<Nftables.Listed> own = own(chain);
      List<Rule> rules = new ArrayList<>();
      rules.add(new Rule().inPrefix(ours).counter().accept());
      rules.add(new Rule().outPrefix(ours).counter().accept());
      for (String name : named) {
        rules.add(new Rule().in(name).counter().accept());
        rules.add(new Rule().out(name).counter().accept());
      }
      if (own.size() != rules.size()) {
        List<Request> requests = new ArrayList<>(removals(chain, own));
        rules.forEach(rule -> requests.add(accept(chain, rule)));
        netfilter.transact(requests);
      }
    }
  }

  private List<Nftables.Listed> own(Chain chain) {
    return Nftables.rules(netfilter, chain.family(), chain.table(), chain.name()).stream()
        .filter(rule -> rule.comment().equals(table))
        .toList();
  }

  private static List<Request> removals(Chain chain, List<Nftables.Listed> rules) {
    return rules.stream()
        .map(r -> Nftables.deleteRule(chain.family(), chain.table(), chain.name(), r.handle()))
        .toList();
  }

  private Request accept(Chain chain, Rule rule) {
    return Nftables.firstRule(chain.family(), chain.table(), chain.name(), table, rule);
  }

  /** Takes our accepts away again. */
  public void leave() {
    for (Chain chain : dockerUser()) {
      List<Request> requests = removals(chain, own(chain));
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
      return advice("firewalld", chains, "firewall-cmd --zone=trusted --add-interface=%s");
    }
    if (chains.stream().anyMatch(chain -> chain.name().startsWith("ufw-"))) {
      return advice("ufw", chains, "ufw route allow in on %1$s && ufw route allow out on %1$s");
    }
    boolean docker = chains.stream().anyMatch(chain -> chain.name().equals(DOCKER_USER));
    return chains.stream()
        .filter(chain -> chain.hook() == FORWARD && chain.drops())
        .filter(chain -> !chain.table().startsWith("jcompose-"))
        .filter(chain -> !(docker && chain.table().equals("filter")))
        .findFirst()
        .map(this::insertion);
  }

  /** The command for all our bridges; none when a rule of that firewall names them already. */
  private Optional<Advice> advice(String firewall, List<Chain> chains, String command) {
    boolean followed =
        chains.stream()
            .filter(chain -> chain.table().equals("firewalld") || chain.name().startsWith("ufw-"))
            .anyMatch(
                chain ->
                    Nftables.rules(netfilter, chain.family(), chain.table(), chain.name()).stream()
                        .anyMatch(rule -> rule.mentions(ours)));
    return followed ? Optional.empty() : Optional.of(new Advice(firewall, forAll(command)));
  }

  private String forAll(String command) {
    List<String> patterns = new ArrayList<>(List.of(ours + "+"));
    patterns.addAll(named);
    return patterns.stream().map(command::formatted).collect(Collectors.joining(" && "));
  }

  private Advice insertion(Chain chain) {
    String where = family(chain.family()) + " " + chain.table() + " " + chain.name();
    List<String> patterns = new ArrayList<>(List.of(ours + "*"));
    patterns.addAll(named);
    String rule = "nft insert rule " + where + " ";
    String command =
        patterns.stream()
            .map(
                p -> rule + "iifname \"" + p + "\" accept && " + rule + "oifname \"" + p + "\" accept")
            .collect(Collectors.joining(" && "));
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

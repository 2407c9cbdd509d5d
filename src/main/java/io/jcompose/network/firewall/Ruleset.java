package io.jcompose.network.firewall;

import static io.jcompose.network.netlink.Nftables.FORWARD;
import static io.jcompose.network.netlink.Nftables.INET;
import static io.jcompose.network.netlink.Nftables.INPUT;
import static io.jcompose.network.netlink.Nftables.OUTPUT;
import static io.jcompose.network.netlink.Nftables.POSTROUTING;
import static io.jcompose.network.netlink.Nftables.PREROUTING;

import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.netlink.Nftables;
import io.jcompose.network.netlink.Nftables.Type;
import io.jcompose.network.netlink.Request;
import io.jcompose.network.netlink.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Our table as it must be. Its rules go by the names of our bridges, which begin with our mark, or
 * are in a set when the user chose them: so they never change while networks come and go; what
 * changes are elements of its maps and sets.
 */
final class Ruleset {
  private static final int RAW = -300;
  private static final int DSTNAT = -100;
  private static final int FILTER = 0;
  private static final int SRCNAT = 100;

  /**
   * Links of those who forward too, and have rules of their own for it: the guard is not about
   * them.
   */
  private static final List<String> OTHERS_BRIDGES =
      List.of("docker", "br-", "podman", "cni", "virbr", "lxcbr", "incusbr");

  /** Our bridges. */
  static final String BRIDGES = "bridges";

  /** Those of internal networks. */
  static final String INTERNAL = "bridges-internal";

  /** Those whose containers do not reach each other. */
  static final String SILENT = "bridges-silent";

  /** Those whose containers' addresses the outside sees. */
  static final String ROUTED = "bridges-routed";

  private final String table;
  private final List<Request> requests = new ArrayList<>();

  private Ruleset(String table) {
    this.table = table;
  }

  static String map(boolean v4, boolean anyAddress) {
    return (v4 ? "ports4" : "ports6") + (anyAddress ? "-any" : "");
  }

  static String gateways(boolean v4) {
    return v4 ? "gateways4" : "gateways6";
  }

  static String subnets(boolean v4) {
    return v4 ? "subnets4" : "subnets6";
  }

  static List<String> sets() {
    return List.of(
        BRIDGES,
        INTERNAL,
        SILENT,
        ROUTED,
        map(true, true),
        map(true, false),
        gateways(true),
        subnets(true),
        map(false, true),
        map(false, false),
        gateways(false),
        subnets(false));
  }

  /**
   * The transaction that makes the table, in place of what there is of it.
   *
   * @param flags of the table
   * @param guards the families for which forwarding of what isn't ours is to be dropped
   * @param elements what the sets and maps hold
   */
  static List<Request> whole(
      String table,
      int flags,
      Set<Family> guards,
      Map<String, List<Nftables.Element>> elements) {
    Ruleset ruleset = new Ruleset(table);
    ruleset.requests.add(Nftables.table(INET, table, flags));
    ruleset.requests.add(Nftables.deleteTable(INET, table));
    ruleset.requests.add(Nftables.table(INET, table, flags));
    ruleset.makeSets();
    elements.forEach(
        (set, list) -> {
          if (!list.isEmpty()) {
            ruleset.requests.add(Nftables.add(INET, table, set, list));
          }
        });
    ruleset.makeRaw();
    ruleset.makeNat();
    ruleset.makeForward(guards);
    ruleset.makeInput();
    return ruleset.requests;
  }

  private void makeSets() {
    int id = 1;
    for (boolean v4 : new boolean[] {true, false}) {
      Type address = v4 ? Type.IPV4_ADDRESS : Type.IPV6_ADDRESS;
      List<Type> target = List.of(address, Type.PORT);
      List<Type> any = List.of(Type.PROTOCOL, Type.PORT);
      List<Type> one = List.of(Type.PROTOCOL, address, Type.PORT);
      requests.add(Nftables.set(INET, table, map(v4, true), id++, any, target));
      requests.add(Nftables.set(INET, table, map(v4, false), id++, one, target));
      requests.add(Nftables.set(INET, table, gateways(v4), id++, List.of(address), List.of()));
      requests.add(Nftables.ranges(INET, table, subnets(v4), id++, address));
    }
    for (String set : List.of(BRIDGES, INTERNAL, SILENT, ROUTED)) {
      requests.add(Nftables.ranges(INET, table, set, id++, Type.INTERFACE));
    }
  }

  private void makeRaw() {
    String chain = "raw-prerouting";
    requests.add(Nftables.chain(INET, table, chain, "filter", PREROUTING, RAW));
    // route_localnet, which 127.0.0.1 as a published address needs, would let a neighbour in here.
    rule(chain, "127/8 stays inside", new Rule().inNot("lo").ipv4().toLoopback().drop());
    rule(chain, "127/8 stays inside", new Rule().inOneOf(BRIDGES).ipv4().fromLoopback().drop());
    for (boolean v4 : new boolean[] {true, false}) {
      rule(
          chain,
          "no other network's gateway",
          family(new Rule().inOneOf(BRIDGES), v4)
              .toOneOf(gateways(v4), v4)
              .notToAddressOfInput()
              .drop());
    }
  }

  private void makeNat() {
    for (String chain : List.of("prerouting", "output")) {
      boolean output = chain.equals("output");
      requests.add(Nftables.chain(INET, table, chain, "nat", output ? OUTPUT : PREROUTING, DSTNAT));
      if (output) {
        // ::1 can't leave the loopback link; the port's socket answers.
        Rule rule = new Rule().ipv6().to(Cidr.parseAddress("::1")).accept();
        rule(chain, "::1 is proxied", rule);
      } else {
        rule(
            chain,
            "internal networks see no published port",
            new Rule().inOneOf(INTERNAL).accept());
      }
      for (boolean v4 : new boolean[] {true, false}) {
        for (boolean any : new boolean[] {false, true}) {
          Rule rule = family(new Rule(), v4).toLocal().destinationFromMap(map(v4, any), v4, any);
          rule(chain, "published ports", rule);
        }
      }
    }
    String chain = "postrouting";
    requests.add(Nftables.chain(INET, table, chain, "nat", POSTROUTING, SRCNAT));
    rule(
        chain,
        "127/8 means nothing to a container",
        new Rule().outOneOf(BRIDGES).ipv4().fromLoopback().masquerade());
    // The answer must come back this way, not straight from container to container. By subnet,
    // because
    // frames that br_netfilter shows us have no input link here.
    for (boolean v4 : new boolean[] {true, false}) {
      rule(
          chain,
          "hairpin",
          family(new Rule().outOneOf(BRIDGES), v4)
              .fromOneOf(subnets(v4), v4)
              .destinationRewritten()
              .masquerade());
    }
    rule(
        chain,
        "to the outside",
        new Rule()
            .inOneOf(BRIDGES)
            .inNoneOf(INTERNAL)
            .inNoneOf(ROUTED)
            .outNoneOf(BRIDGES)
            .masquerade());
  }

  private void makeForward(Set<Family> guards) {
    String chain = "forward";
    requests.add(Nftables.chain(INET, table, chain, "filter", FORWARD, FILTER));
    rule(chain, "answers", new Rule().state(Rule.ESTABLISHED | Rule.RELATED).accept());
    // Bridged frames come here where br_netfilter is on.
    rule(
        chain,
        "the same network",
        new Rule().inOneOf(BRIDGES).inNoneOf(SILENT).outOneOf(BRIDGES).backByInput().accept());
    rule(chain, "internal: no way out", new Rule().inOneOf(INTERNAL).counter().drop());
    rule(chain, "internal: no way in", new Rule().outOneOf(INTERNAL).counter().drop());
    rule(chain, "published", new Rule().outOneOf(BRIDGES).destinationRewritten().accept());
    rule(chain, "not published", new Rule().outOneOf(BRIDGES).counter().drop());
    rule(chain, "to the outside", new Rule().inOneOf(BRIDGES).accept());
    if (!guards.isEmpty()) {
      int of = Firewall.BRIDGES_OF_ANY;
      int mask = Firewall.ANY;
      rule(chain, "guard: not about another jcompose", new Rule().inGroup(of, mask).accept());
      rule(chain, "guard: not about another jcompose", new Rule().outGroup(of, mask).accept());
      for (String prefix : OTHERS_BRIDGES) {
        rule(chain, "guard: not about " + prefix, new Rule().inPrefix(prefix).accept());
        rule(chain, "guard: not about " + prefix, new Rule().outPrefix(prefix).accept());
      }
      for (Family family : guards) {
        rule(chain, family.guard(), family(new Rule(), family == Family.IPV4).counter().drop());
      }
    }
  }

  private void makeInput() {
    String chain = "input";
    requests.add(Nftables.chain(INET, table, chain, "filter", INPUT, FILTER));
    for (int protocol : new int[] {Rule.TCP, Rule.UDP}) {
      rule(
          chain,
          "internal: nor to the host",
          new Rule().inOneOf(INTERNAL).protocol(protocol).state(Rule.NEW).counter().drop());
    }
  }

  private static Rule family(Rule rule, boolean v4) {
    return v4 ? rule.ipv4() : rule.ipv6();
  }

  private void rule(String chain, String comment, Rule rule) {
    requests.add(Nftables.rule(INET, table, chain, comment, rule));
  }
}

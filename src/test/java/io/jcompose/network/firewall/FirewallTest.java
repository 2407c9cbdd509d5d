package io.jcompose.network.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.network.TestHost;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.netlink.Rule;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirewallTest {
  private static final String TABLE = "jcompose-0a1b2c";
  private static final Forwarding WEB = forwarding(Rule.TCP, "0.0.0.0", 8080, "172.17.0.2", 80);
  private final TestHost host = new TestHost();
  private Firewall firewall = open();

  private Firewall open() {
    return host.call(() -> Firewall.open(TABLE, "jc0a1b2c", "jc0a1b2ci"));
  }

  @AfterEach
  void leavesNothing() {
    firewall.uninstall();
    assertThat(firewall.leftovers()).isEmpty();
    firewall.close();
    host.close();
  }

  private static Forwarding forwarding(
      int protocol, String address, int port, String target, int targetPort) {
    return new Forwarding(
        protocol, Cidr.parseAddress(address), port, Cidr.parseAddress(target), targetPort);
  }

  private String table() {
    return host.run("nft", "list", "table", "inet", TABLE);
  }

  @Test
  void nftReadsTheRulesAsTheyAreMeant() {
    firewall.install(Set.of(Family.IPV4));
    assertThat(table())
        .contains("iifname != \"lo\" ip daddr 127.0.0.0/8 drop")
        .contains("oifname @bridges ip saddr @subnets4 ct status dnat masquerade")
        .contains("elements = { \"jc0a1b2c*\" }", "elements = { \"jc0a1b2ci*\" }")
        .contains("ct state established,related accept")
        .contains("fib daddr . iif oif != 0 accept")
        .contains("fib daddr type local dnat ip to meta l4proto . ip daddr . th dport map @ports4")
        .contains("type filter hook prerouting priority raw; policy accept;");
  }

  @Test
  void portsAreElements() {
    firewall.install(Set.of());
    firewall.publish(
        List.of(
            WEB,
            forwarding(Rule.UDP, "127.0.0.1", 53, "172.17.0.3", 5353),
            forwarding(Rule.TCP, "::", 8080, "fd00::2", 80)));
    String before = table();
    assertThat(before)
        .contains("tcp . 8080 : 172.17.0.2 . 80")
        .contains("udp . 127.0.0.1 . 53 : 172.17.0.3 . 5353")
        .contains("tcp . 8080 : fd00::2 . 80");

    firewall.publish(List.of(forwarding(Rule.TCP, "0.0.0.0", 8080, "172.17.0.9", 80)));
    assertThat(table()).contains("172.17.0.9 . 80").doesNotContain("172.17.0.2");

    firewall.unpublish(List.of(forwarding(Rule.TCP, "0.0.0.0", 8080, "172.17.0.9", 80)));
    assertThat(table()).doesNotContain("172.17.0.9");
  }

  @Test
  void theTableOutlivesTheEngineAndIsTakenOverWithItsPorts() {
    firewall.install(Set.of(Family.IPV4));
    firewall.publish(List.of(WEB));
    String before = table();
    firewall.close();

    assertThat(table().replace(" # progname java", "")).contains("tcp . 8080 : 172.17.0.2 . 80");

    firewall = open();
    assertThat(firewall.guards()).containsExactly(Family.IPV4);
    assertThat(table()).isEqualTo(before);
    firewall.retainOnly(List.of());
    assertThat(table()).doesNotContain("172.17.0.2");
  }

  @Test
  void aFlushDoesNotTakeTheTableAway() {
    firewall.install(Set.of());
    firewall.publish(List.of(WEB));
    host.tryRun("nft", "flush", "ruleset");
    host.tryRun("nft", "delete", "table", "inet", TABLE);
    Awaitility.await().untilAsserted(() -> assertThat(table()).contains("172.17.0.2 . 80"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flush ruleset",
        "delete table inet " + TABLE,
        "flush chain inet " + TABLE + " forward"
      })
  void onAnOlderKernelWhatIsTakenAwayIsMadeAgain(String command) {
    firewall.close();
    firewall = host.call(() -> Firewall.open(TABLE, "jc0a1b2c", "jc0a1b2ci", false));
    firewall.install(Set.of(Family.IPV4));
    firewall.publish(List.of(WEB));
    String before = table();
    assertThat(before).doesNotContain("owner");

    host.run("sh", "-c", "nft " + command);

    Awaitility.await().untilAsserted(() -> assertThat(table()).isEqualTo(before));
  }

  @Test
  void networksAreReplacedAsAWhole() {
    firewall.install(Set.of());
    Cidr first = Cidr.parse("172.17.0.0/16");
    firewall.setNetworks(List.of(), List.of(first.at(1), Cidr.parseAddress("fd00::1")), List.of(first));
    assertThat(table()).contains("172.17.0.1", "fd00::1", "172.17.0.0/16");
    Cidr second = Cidr.parse("172.18.0.0/16");
    Cidr third = Cidr.parse("172.19.0.0/16");
    firewall.setNetworks(List.of(), List.of(second.at(1), third.at(1)), List.of(second, third));
    assertThat(table()).contains("172.18.0.1", "172.18.0.0").doesNotContain("172.17.0");
    firewall.close();
    firewall = open();
    assertThat(table()).contains("172.18.0.1", "172.18.0.0").doesNotContain("172.17.0");
  }

  @Test
  void inDockersChainWeIntroduceOurselvesOnceAndLeave() {
    host.run("nft", "add table ip filter; add chain ip filter DOCKER-USER");
    firewall.neighbours().introduce();
    firewall.neighbours().introduce();
    String chain = host.run("nft", "list", "table", "ip", "filter");
    assertThat(chain).containsOnlyOnce("iifname \"jc0a1b2c*\"").containsOnlyOnce("oifname");
    assertThat(host.run("iptables", "-S", "DOCKER-USER"))
        .contains("-i jc0a1b2c+ -m comment --comment jcompose-0a1b2c -j ACCEPT");

    firewall.neighbours().leave();
    assertThat(host.run("nft", "list", "table", "ip", "filter")).doesNotContain("jc0a1b2c");
  }

  @Test
  void aForeignDropIsAnsweredWithTheCommandThatOpensIt() {
    assertThat(firewall.neighbours().advice()).isEmpty();
    host.run(
        "nft",
        "add table inet fw; add chain inet fw block { type filter hook forward priority 0; policy"
            + " drop; }");
    String command = firewall.neighbours().advice().orElseThrow().command();
    host.run("sh", "-c", command);
    assertThat(host.run("nft", "list", "table", "inet", "fw"))
        .contains("iifname \"jc0a1b2c*\" accept");

    host.run("nft", "add table ip filter; add chain ip filter ufw-user-forward");
    assertThat(firewall.neighbours().advice().orElseThrow().firewall()).isEqualTo("ufw");
  }

  @Test
  void theDnsRedirectLeadsToTheSocketsPorts() {
    DnsRedirect.install(host.fd(), 40003, 40004);
    assertThat(host.run("nft", "list", "ruleset"))
        .contains("ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:40003")
        .contains("ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:40004");
    host.serve("127.0.0.11", 40004, "dns");
    assertThat(host.ask("127.0.0.11", 53, 2000)).startsWith("dns");
    host.run("nft", "delete", "table", "ip", "jcompose-dns");
  }
}

package io.jcompose.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rows NET of the security matrix that packets can show. Each has a control that gets through, and ends with its
 * guard taken away: then the attack must succeed, or the row shows nothing.
 */
class IsolationTest {
  private static final Mark MARK = new Mark("0a1b2c");
  private static final String HOST = "192.0.2.1";
  private static final String NEIGHBOUR = "192.0.2.2";
  private static final String WEB = "172.17.0.2";
  private static final int SOON = 400;
  private static final int SURELY = 3000;
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private final TestHost neighbour = new TestHost();
  private final List<TestHost> containers = new ArrayList<>();
  private Networks networks;
  private TestHost web;

  @BeforeEach
  void aWebServerOnANetworkAndANeighbourThatRoutesToIt() {
    TestHost.wire(host, HOST + "/24", neighbour, NEIGHBOUR + "/24");
    neighbour.run("ip", "route", "add", "172.16.0.0/12", "via", HOST);
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
    networks.ensure(NetworkConfig.of("n1", "front"));
    web = container("web", "n1");
    web.serve("0.0.0.0", 80, "web");
  }

  @AfterEach
  void leavesNothing() {
    networks.ports().reserved().forEach(networks.ports()::release);
    for (Network network : networks.list()) {
      networks.endpoints().of(network.id()).forEach(networks.endpoints()::release);
      networks.remove(network.id());
    }
    containers.forEach(TestHost::close);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(networks.leftovers()).isEqualTo(new Leftovers(List.of(), List.of())));
    networks.close();
    host.close();
    neighbour.close();
  }

  private TestHost container(String owner, String network) {
    TestHost container = new TestHost();
    containers.add(container);
    networks.endpoints().connect(container.fd(), List.of(networks.endpoints().lease(EndpointConfig.of(network, owner))));
    return container;
  }

  private void publish(PortSpec port) {
    networks
        .ports()
        .publish(
            networks.ports().reserve("web of shop", List.of(port)),
            networks.find("n1").orElseThrow(),
            networks.endpoints().of("n1").getFirst());
  }

  /**
   * Takes the rules away whose comments are {@code guards}, while no engine is there to mend it.
   */
  private void takeAway(String... guards) {
    networks.close();
    for (String guard : guards) {
      int found = 0;
      for (String chain : List.of("raw-prerouting", "prerouting", "forward", "input")) {
        String rules = host.run("nft", "-a", "list", "chain", "inet", MARK.table(), chain);
        Matcher rule = Pattern.compile("comment \"" + guard + "\".*# handle (\\d+)").matcher(rules);
        while (rule.find()) {
          host.run("nft", "delete", "rule", "inet", MARK.table(), chain, "handle", rule.group(1));
          found++;
        }
      }
      assertThat(found).as(guard).isPositive();
    }
    networks = null;
  }

  /** The next engine. */
  private void mend() {
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
  }

  @Test
  @DisplayName("NET-1 a network is not reached from another: containers, nor its gateway")
  void otherNetworks() {
    networks.ensure(NetworkConfig.of("n2", "back"));
    TestHost other = container("other", "n2");
    TestHost peer = container("peer", "n1");
    publish(PortSpec.tcp(8080, 80));
    host.serve("0.0.0.0", 9, "host");

    assertThat(peer.ask(WEB, 80, SURELY)).startsWith("web");
    assertThat(other.ask(WEB, 80, SOON)).isEqualTo("timeout");
    assertThat(other.ask("172.17.0.1", 9, SOON)).isEqualTo("timeout");
    assertThat(other.ask("172.17.0.1", 8080, SOON)).isEqualTo("timeout");
    assertThat(other.tryRun("ping", "-c1", "-W1", "172.17.0.1").exit()).isNotZero();

    takeAway("not published", "no other network's gateway");
    assertThat(other.ask(WEB, 80, SURELY)).startsWith("web");
    assertThat(other.ask("172.17.0.1", 9, SURELY)).startsWith("host");
    mend();
    assertThat(other.ask(WEB, 80, SOON)).isEqualTo("timeout");
  }

  @Test
  @DisplayName("NET-2 the host's loopback is the host's, NET-3 its other services are reached as with Docker")
  void theHostsLoopback() {
    publish(PortSpec.tcp("127.0.0.1", 8080, 80));
    host.serve("127.0.0.1", 9, "private");
    host.serve("0.0.0.0", 10, "public");
    TestHost peer = container("peer", "n1");

    assertThat(host.ask("127.0.0.1", 9, SURELY)).startsWith("private");
    assertThat(peer.ask("172.17.0.1", 10, SURELY)).startsWith("public");
    assertThat(peer.ask("172.17.0.1", 9, SURELY)).isEqualTo("refused");
    assertThat(peer.ask("172.17.0.1", 8080, SURELY)).isEqualTo("refused");
    sendLoopbackAway(peer, "172.17.0.1", "eth0", "172.17.0.3");
    assertThat(peer.ask("127.0.0.1", 9, SOON)).isEqualTo("timeout");

    takeAway("127/8 stays inside");
    assertThat(peer.ask("127.0.0.1", 9, SURELY)).startsWith("private");
    mend();
  }

  @Test
  @DisplayName("NET-4 an internal network has no way out or in, nor to the host")
  void internalNetworks() {
    networks.ensure(new NetworkConfig("i", "inner", List.of(), false, true, 0, Map.of()));
    TestHost inner = container("inner", "i");
    TestHost beside = container("beside", "i");
    inner.serve("0.0.0.0", 80, "inner");
    neighbour.serve("0.0.0.0", 7, "outside");
    host.serve("0.0.0.0", 9, "host");

    assertThat(beside.ask("172.18.0.2", 80, SURELY)).startsWith("inner");
    assertThat(inner.run("ip", "route")).doesNotContain("default");
    inner.run("ip", "route", "add", "default", "via", "172.18.0.1");
    assertThat(inner.ask(NEIGHBOUR, 7, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask("172.18.0.2", 80, SOON)).isEqualTo("timeout");
    assertThat(inner.ask("172.18.0.1", 9, SOON)).isEqualTo("timeout");

    takeAway("internal: no way out", "internal: no way in", "not published", "internal: nor to the host");
    assertThat(inner.ask(NEIGHBOUR, 7, SURELY)).startsWith("outside");
    assertThat(neighbour.ask("172.18.0.2", 80, SURELY)).startsWith("inner");
    assertThat(inner.ask("172.18.0.1", 9, SURELY)).startsWith("host");
    mend();
  }

  @Test
  @DisplayName("NET-5 a port on 127.0.0.1 is no neighbour's, even where the host accepts 127/8 from the wire")
  void publishedOnLoopback() {
    publish(PortSpec.tcp("127.0.0.1", 8080, 80));
    host.serve("127.0.0.1", 9, "private");
    host.sysctl("ipv4/conf/all/route_localnet", "1");
    sendLoopbackAway(neighbour, HOST, "wire", NEIGHBOUR);

    assertThat(host.ask("127.0.0.1", 8080, SURELY)).startsWith("web");
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    assertThat(neighbour.ask("127.0.0.1", 8080, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask("127.0.0.1", 9, SOON)).isEqualTo("timeout");

    takeAway("127/8 stays inside");
    assertThat(neighbour.ask("127.0.0.1", 9, SURELY)).startsWith("private");
    mend();
  }

  /** Makes {@code attacker} send what is for 127.0.0.1 to {@code gateway}. */
  private static void sendLoopbackAway(TestHost attacker, String gateway, String link, String own) {
    attacker.run("ip", "addr", "del", "127.0.0.1/8", "dev", "lo");
    attacker.sysctl("ipv4/conf/all/route_localnet", "1");
    attacker.sysctl("ipv4/conf/" + link + "/route_localnet", "1");
    attacker.run("ip", "route", "add", "127.0.0.1", "via", gateway, "dev", link, "src", own);
  }

  @Test
  @DisplayName("NET-6 a port listens for both families, and not at all when it is given up")
  void listeningSockets() {
    assertThat(host.run("ss", "-ltnH")).isEmpty();
    List<PortReservation> reserved = networks.ports().reserve("web of shop", List.of(PortSpec.tcp(8080, 80)));
    assertThat(host.run("ss", "-ltnH")).contains("0.0.0.0:8080", "[::]:8080").hasLineCount(2);
    reserved.forEach(networks.ports()::release);
    assertThat(host.run("ss", "-ltnH")).isEmpty();
  }

  @Test
  @DisplayName("NET-7 a port that is not published is not reached by routing to it")
  void unpublishedPorts() {
    publish(PortSpec.tcp(8080, 80));
    web.serve("0.0.0.0", 81, "hidden");

    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web");
    assertThat(host.ask(WEB, 81, SURELY)).startsWith("hidden");
    assertThat(neighbour.ask(WEB, 81, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask(WEB, 80, SOON)).isEqualTo("timeout");

    takeAway("not published");
    assertThat(neighbour.ask(WEB, 81, SURELY)).startsWith("hidden");
    mend();
  }

  @Test
  @DisplayName("NET-8 the admin's drops stay in force, in chains of any priority")
  void theAdminsRules() {
    publish(PortSpec.tcp(8080, 80));
    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web");
    for (int priority : new int[] {-10, 10}) {
      host.run(
          "nft",
          "add table inet admin; add chain inet admin block { type filter hook forward priority " + priority
              + "; }; add rule inet admin block ip daddr " + WEB + " tcp dport 80 drop");
      assertThat(neighbour.ask(HOST, 8080, SOON)).isEqualTo("timeout");
      host.run("nft", "delete", "table", "inet", "admin");
      assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web");
    }
    assertThat(host.run("nft", "list", "tables")).isEqualTo("table inet " + MARK.table() + "\n");
  }

  @Test
  @DisplayName("NET-9 a published port without a server is refused, for NAT and for the proxy")
  void deadServers() {
    publish(PortSpec.tcp(8080, 7777));
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    assertThat(host.ask("::1", 8080, SURELY)).containsIgnoringCase("reset");
  }

  @Test
  @DisplayName("NET-9 a port whose container has left all networks is refused, and led on when it is back")
  void portsOfNobody() {
    List<PortReservation> reserved = networks.ports().reserve("web of shop", List.of(PortSpec.tcp(8080, 80)));
    networks.ports().publish(reserved, networks.find("n1").orElseThrow(), networks.endpoints().of("n1").getFirst());
    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web");
    networks.ports().refuse(reserved);
    assertThat(neighbour.ask(HOST, 8080, SURELY)).containsIgnoringCase("reset");
    networks.ports().publish(reserved, networks.find("n1").orElseThrow(), networks.endpoints().of("n1").getFirst());
    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web");
  }

  @Test
  @DisplayName("NET-10 IPv6 is as isolated as IPv4, and believes no router advertisement")
  void ipv6() {
    networks.ensure(new NetworkConfig("s1", "six", List.of(), true, false, 0, Map.of()));
    networks.ensure(new NetworkConfig("s2", "more", List.of(), true, false, 0, Map.of()));
    TestHost six = container("six", "s1");
    TestHost peer = container("peer", "s1");
    TestHost other = container("other", "s2");
    six.serve("::", 80, "six");
    String address =
        networks.endpoints().of("s1").getFirst().ofFamily(false).orElseThrow().address().getHostAddress();
    host.run("ip", "addr", "add", "2001:db8::1/64", "dev", "wire", "nodad");
    neighbour.run("ip", "addr", "add", "2001:db8::2/64", "dev", "wire", "nodad");
    neighbour.run("ip", "route", "add", "fd00::/8", "via", "2001:db8::1");

    assertThat(peer.ask(address, 80, SURELY)).startsWith("six");
    assertThat(other.ask(address, 80, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask(address, 80, SOON)).isEqualTo("timeout");
    assertThat(web.run("ip", "-6", "addr", "show", "dev", "eth0")).isEmpty();
    for (String link : List.of("eth0")) {
      assertThat(six.run("cat", "/proc/sys/net/ipv6/conf/" + link + "/accept_ra").strip()).isEqualTo("0");
    }
    String bridge = networks.find("s1").orElseThrow().bridge();
    assertThat(host.run("cat", "/proc/sys/net/ipv6/conf/" + bridge + "/accept_ra").strip()).isEqualTo("0");

    takeAway("not published");
    assertThat(other.ask(address, 80, SURELY)).startsWith("six");
    assertThat(neighbour.ask(address, 80, SURELY)).startsWith("six");
    mend();
  }

  @Test
  @DisplayName("NET-11 nobody on a network is believed to be its gateway")
  void spoofing() {
    host.serve("0.0.0.0", 9, "host");
    TestHost thief = container("thief", "n1");
    thief.run("ip", "addr", "add", "172.17.0.1/32", "dev", "eth0");
    thief.serve("0.0.0.0", 9, "thief");
    web.tryRun("ip", "neigh", "flush", "all");
    assertThat(web.ask("172.17.0.1", 9, SURELY)).startsWith("host");
    assertThat(web.run("ip", "neigh")).contains("172.17.0.1 dev eth0", "PERMANENT");

    // Where bridged frames pass the firewall, that one drops them too.
    host.sysctl("bridge/bridge-nf-call-iptables", "0");
    // Without the fixed entry whoever answers first is the gateway: here nobody but the thief does.
    web.run("ip", "neigh", "del", "172.17.0.1", "dev", "eth0");
    String bridge = networks.find("n1").orElseThrow().bridge();
    host.run("ip", "link", "set", "dev", bridge, "arp", "off");
    assertThat(web.ask("172.17.0.1", 9, SURELY)).startsWith("thief");
  }

  @Test
  @DisplayName("NET-8 on a kernel without owned tables a flush opens no port for longer than its mending takes")
  void flushed() {
    networks.close();
    host.run("nft", "delete", "table", "inet", MARK.table());
    networks = Networks.openUnowned(directory, MARK, Optional.of(host.fd()));
    publish(PortSpec.tcp("127.0.0.1", 8080, 80));
    web.serve("0.0.0.0", 81, "hidden");
    web.serveUdp(82, "hidden");
    assertThat(neighbour.ask(WEB, 81, SOON)).isEqualTo("timeout");

    host.run("nft", "flush", "ruleset");

    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    Awaitility.await()
        .untilAsserted(() -> assertThat(host.run("nft", "list", "tables")).contains(MARK.table()));
    assertThat(neighbour.ask(WEB, 81, SOON)).isEqualTo("timeout");
    try (DatagramChannel client = neighbour.udpClient(WEB, 82)) {
      assertThat(TestHost.askUdp(client, SOON)).isEqualTo("timeout");
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    assertThat(host.ask("127.0.0.1", 8080, SURELY)).startsWith("web");
    assertThat(web.ask(NEIGHBOUR, 9, SURELY)).isEqualTo("refused");
  }
}

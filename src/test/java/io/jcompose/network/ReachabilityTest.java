package io.jcompose.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.network.PortSpec.Protocol;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reaches whom: a host, containers on its networks, and a neighbour on the host's wire. */
class ReachabilityTest {
  private static final Mark MARK = new Mark("0a1b2c");
  private static final String HOST = "192.0.2.1";
  private static final String NEIGHBOUR = "192.0.2.2";
  private static final int SOON = 400;
  private static final int SURELY = 3000;
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private final TestHost neighbour = new TestHost();
  private final List<TestHost> containers = new ArrayList<>();
  private final List<PortReservation> ports = new ArrayList<>();
  private Networks networks;
  private TestHost web;

  @BeforeEach
  void aWebServerOnANetwork() {
    TestHost.wire(host, HOST + "/24", neighbour, NEIGHBOUR + "/24");
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
    networks.ensure(NetworkConfig.of("n1", "front"));
    web = container("web", "n1");
    web.serve("0.0.0.0", 80, "web");
  }

  @AfterEach
  void leavesNothing() {
    ports.forEach(networks.ports()::release);
    for (Network network : networks.list()) {
      networks.endpoints().of(network.id()).forEach(networks.endpoints()::release);
      networks.remove(network.id());
    }
    containers.forEach(TestHost::close);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(networks.leftovers()).isEqualTo(new Leftovers(List.of(), List.of())));
    assertThat(host.run("nft", "list", "ruleset")).isEmpty();
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

  private PortReservation publish(PortSpec spec) {
    List<PortReservation> reserved = networks.ports().reserve("web of shop", List.of(spec));
    ports.addAll(reserved);
    networks
        .ports()
        .publish(reserved, networks.find("n1").orElseThrow(), networks.endpoints().of("n1").getFirst());
    return reserved.getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void aPublishedPortIsReachedFromEverywhere(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    networks.ensure(NetworkConfig.of("n2", "back"));
    TestHost peer = container("peer", "n1");
    TestHost other = container("other", "n2");
    publish(PortSpec.tcp(8080, 80));

    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);
    assertThat(host.ask("127.0.0.1", 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(host.ask(HOST, 8080, SURELY)).isEqualTo("web " + HOST);
    assertThat(host.ask("::1", 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(peer.ask(HOST, 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(web.ask(HOST, 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(web.ask("172.17.0.1", 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(other.ask(HOST, 8080, SURELY)).isEqualTo("web 172.17.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void containersOfOneNetworkReachEachOther(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    assertThat(container("peer", "n1").ask("172.17.0.2", 80, SURELY)).isEqualTo("web 172.17.0.3");
  }

  @Test
  void aPortOnLoopbackIsReachedFromTheHostOnly() {
    publish(PortSpec.tcp("127.0.0.1", 8080, 80));
    assertThat(host.ask("127.0.0.1", 8080, SURELY)).isEqualTo("web 172.17.0.1");
    assertThat(host.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    assertThat(container("peer", "n1").ask("172.17.0.1", 8080, SURELY)).isEqualTo("refused");
  }

  @Test
  void nobodyElseSendsToTheHosts127() {
    publish(PortSpec.tcp("127.0.0.1", 8080, 80));
    host.serve("127.0.0.1", 9, "private");
    TestHost peer = container("peer", "n1");
    sendLoopbackAway(neighbour, HOST, "wire", NEIGHBOUR);
    sendLoopbackAway(peer, "172.17.0.1", "eth0", "172.17.0.3");

    assertThat(host.ask("127.0.0.1", 9, SURELY)).startsWith("private");
    for (int port : new int[] {8080, 9}) {
      assertThat(neighbour.ask("127.0.0.1", port, SOON)).isEqualTo("timeout");
      assertThat(peer.ask("127.0.0.1", port, SOON)).isEqualTo("timeout");
    }
  }

  /** Makes {@code attacker} send what is for 127.0.0.1 to {@code gateway}. */
  private static void sendLoopbackAway(TestHost attacker, String gateway, String link, String own) {
    attacker.run("ip", "addr", "del", "127.0.0.1/8", "dev", "lo");
    attacker.sysctl("ipv4/conf/all/route_localnet", "1");
    attacker.sysctl("ipv4/conf/" + link + "/route_localnet", "1");
    attacker.run("ip", "route", "add", "127.0.0.1", "via", gateway, "dev", link, "src", own);
  }

  @Test
  void anUnpublishedPortIsNotReachedByRoutingToIt() {
    publish(PortSpec.tcp(8080, 80));
    neighbour.run("ip", "route", "add", "172.17.0.0/16", "via", HOST);
    web.serve("0.0.0.0", 81, "hidden");

    assertThat(host.ask("172.17.0.2", 81, SURELY)).startsWith("hidden");
    assertThat(neighbour.ask("172.17.0.2", 81, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask(HOST, 81, SURELY)).isEqualTo("refused");
  }

  @Test
  void networksDoNotReachEachOther() {
    networks.ensure(NetworkConfig.of("n2", "back"));
    TestHost other = container("other", "n2");
    host.serve("0.0.0.0", 9, "host");

    assertThat(other.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
    assertThat(other.ask("172.18.0.1", 9, SURELY)).startsWith("host");
    assertThat(other.ask("172.17.0.1", 9, SOON)).isEqualTo("timeout");
    assertThat(other.tryRun("ping", "-c1", "-W1", "172.17.0.1").exit()).isNotZero();
  }

  @Test
  void aNeighbourThatClaimsTheGatewaysAddressIsNotBelieved() {
    host.serve("0.0.0.0", 9, "host");
    TestHost thief = container("thief", "n1");
    thief.run("ip", "addr", "add", "172.17.0.1/32", "dev", "eth0");
    thief.serve("0.0.0.0", 9, "thief");
    for (int i = 0; i < 20; i++) {
      web.tryRun("ip", "neigh", "flush", "all");
      assertThat(web.ask("172.17.0.1", 9, SURELY)).isEqualTo("host 172.17.0.2");
    }
    assertThat(web.run("ip", "neigh")).contains("172.17.0.1 dev eth0", "PERMANENT");
  }

  @Test
  void theOutsideSeesTheHostsAddress() {
    neighbour.serve("0.0.0.0", 9000, "outside");
    assertThat(web.ask(NEIGHBOUR, 9000, SURELY)).isEqualTo("outside " + HOST);
  }

  @Test
  void theHostsPrivateServicesStayPrivate() {
    host.serve("127.0.0.1", 9, "private");
    assertThat(web.ask("172.17.0.1", 9, SURELY)).isEqualTo("refused");
  }

  @Test
  void anInternalNetworkHasNoWayOut() {
    networks.ensure(new NetworkConfig("i", "inner", List.of(), false, true, 0, Map.of()));
    TestHost inner = container("inner", "i");
    TestHost friend = container("friend", "i");
    friend.serve("0.0.0.0", 80, "friend");
    neighbour.serve("0.0.0.0", 9000, "outside");
    host.serve("0.0.0.0", 9, "host");
    publish(PortSpec.tcp(8080, 80));

    assertThat(inner.ask("172.18.0.3", 80, SURELY)).isEqualTo("friend 172.18.0.2");
    assertThat(inner.ask(NEIGHBOUR, 9000, SURELY)).isEqualTo("refused");
    inner.run("ip", "route", "add", "default", "via", "172.18.0.1");
    friend.run("ip", "route", "add", "default", "via", "172.18.0.1");
    neighbour.run("ip", "route", "add", "172.18.0.0/16", "via", HOST);
    assertThat(inner.ask(NEIGHBOUR, 9000, SOON)).isEqualTo("timeout");
    assertThat(inner.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
    assertThat(inner.ask("172.18.0.1", 9, SOON)).isEqualTo("timeout");
    assertThat(inner.ask("172.18.0.1", 8080, SOON)).isEqualTo("timeout");
    assertThat(web.ask("172.18.0.2", 80, SOON)).isEqualTo("timeout");
    host.run(
        "nft",
        "add table ip admin; add chain ip admin in { type nat hook prerouting priority -150; };"
            + "add rule ip admin in tcp dport 7000 dnat to 172.18.0.3:80");
    assertThat(neighbour.ask(HOST, 7000, SOON)).isEqualTo("timeout");
    host.run("nft", "delete", "table", "ip", "admin");
    assertThatThrownBy(
            () ->
                networks
                    .ports()
                    .publish(
                        ports,
                        networks.find("i").orElseThrow(),
                        networks.endpoints().of("i").getFirst()))
        .hasMessageContaining("network inner is internal");
  }

  @Test
  void theHostDoesNotBecomeEverybodysRouter() {
    TestHost stranger = new TestHost();
    containers.add(stranger);
    host.run("ip", "link", "set", "wire", "name", "wire0");
    TestHost.wire(host, "198.51.100.1/24", stranger, "198.51.100.2/24");
    stranger.run("ip", "route", "add", "default", "via", "198.51.100.1");
    neighbour.run("ip", "route", "add", "default", "via", HOST);
    stranger.serve("0.0.0.0", 80, "stranger");

    assertThat(host.run("cat", "/proc/sys/net/ipv4/ip_forward").strip()).isEqualTo("1");
    assertThat(host.ask("198.51.100.2", 80, SURELY)).startsWith("stranger");
    assertThat(neighbour.ask("198.51.100.2", 80, SOON)).isEqualTo("timeout");
  }

  @Test
  void aHostThatForwardedBeforeGoesOnToForward() {
    networks.endpoints().of("n1").forEach(networks.endpoints()::release);
    networks.remove("n1");
    networks.close();
    TestHost router = new TestHost();
    router.sysctl("ipv4/ip_forward", "1");
    try (Networks others =
        Networks.open(directory.resolve("router"), MARK, Optional.of(router.fd()))) {
      others.ensure(NetworkConfig.of("n1", "front"));
      assertThat(router.run("nft", "list", "ruleset"))
          .contains("not published")
          .doesNotContain("guard");
      others.ensure(new NetworkConfig("n6", "six", List.of(), true, false, 0, Map.of()));
      assertThat(router.run("nft", "list", "ruleset"))
          .contains("IPv6 forwarding")
          .doesNotContain("IPv4 forwarding");
      others.remove("n6");
      others.remove("n1");
    }
    router.close();
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
  }

  @Test
  void ipv6NetworksAreIsolatedToo() {
    networks.ensure(new NetworkConfig("n6", "six", List.of(), true, false, 0, Map.of()));
    networks.ensure(new NetworkConfig("m6", "more", List.of(), true, false, 0, Map.of()));
    TestHost six = container("six", "n6");
    six.serve("::", 80, "six");
    TestHost peer = container("peer", "n6");
    TestHost other = container("other", "m6");
    String address =
        networks.endpoints().of("n6").getFirst().addresses().get(1).address().getHostAddress();
    host.run("ip", "addr", "add", "2001:db8::1/64", "dev", "wire", "nodad");
    neighbour.run("ip", "addr", "add", "2001:db8::2/64", "dev", "wire", "nodad");
    neighbour.run("ip", "route", "add", "fd00::/8", "via", "2001:db8::1");
    neighbour.serve("::", 9000, "outside");

    assertThat(peer.ask(address, 80, SURELY)).startsWith("six fd");
    assertThat(other.ask(address, 80, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask(address, 80, SOON)).isEqualTo("timeout");
    assertThat(six.ask("2001:db8::2", 9000, SURELY)).isEqualTo("outside 2001:db8:0:0:0:0:0:1");
    assertThat(peer.run("cat", "/proc/sys/net/ipv6/conf/eth0/accept_ra").strip()).isEqualTo("0");
  }

  @Test
  void ipv6IsPublishedByNatToo() {
    networks.ensure(new NetworkConfig("n6", "six", List.of(), true, false, 0, Map.of()));
    TestHost six = container("six", "n6");
    six.serve("::", 80, "six");
    host.run("ip", "addr", "add", "2001:db8::1/64", "dev", "wire", "nodad");
    neighbour.run("ip", "addr", "add", "2001:db8::2/64", "dev", "wire", "nodad");
    List<PortReservation> reserved =
        networks.ports().reserve("six of shop", List.of(PortSpec.tcp(8080, 80)));
    ports.addAll(reserved);
    networks
        .ports()
        .publish(reserved, networks.find("n6").orElseThrow(), networks.endpoints().of("n6").getFirst());

    assertThat(neighbour.ask("2001:db8::1", 8080, SURELY)).isEqualTo("six 2001:db8:0:0:0:0:0:2");
    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("six");
  }

  @Test
  void aUdpPortThatChangesHandsLeadsItsOldClientsToTheNewContainer() throws IOException {
    web.serveUdp(5353, "first");
    PortReservation first = publish(PortSpec.udp(53, 5353));
    try (DatagramChannel client = neighbour.udpClient(HOST, 53);
        DatagramChannel v6 = host.udpClient("::1", 53)) {
      assertThat(TestHost.askUdp(client, SURELY)).isEqualTo("first");
      assertThat(TestHost.askUdp(v6, SURELY)).isEqualTo("first");

      networks.ports().release(first);
      ports.remove(first);
      container("next", "n1").serveUdp(5353, "second");
      networks.endpoints().release(networks.endpoints().of("n1").getFirst());
      publish(PortSpec.udp(53, 5353));

      assertThat(TestHost.askUdp(client, SURELY)).isEqualTo("second");
    }
  }

  @Test
  void aRangeTakesTheFirstFreePort() {
    host.serve("0.0.0.0", 8000, "taken");
    PortReservation port = publish(new PortSpec(Protocol.TCP, "", 8000, 8010, 80));
    assertThat(port.port()).isEqualTo(8001);
    assertThat(neighbour.ask(HOST, 8001, SURELY)).isEqualTo("web " + NEIGHBOUR);
  }

  @Test
  void anyPortIsTheSameForIpv4AndIpv6() {
    PortReservation port = publish(PortSpec.tcp(0, 80));
    assertThat(port.port()).isPositive();
    assertThat(port.addresses()).hasSize(2);
    assertThat(neighbour.ask(HOST, port.port(), SURELY)).isEqualTo("web " + NEIGHBOUR);
  }

  @Test
  void aConflictNamesTheProcess() {
    host.serve("0.0.0.0", 8080, "taken");
    assertThatThrownBy(() -> publish(PortSpec.tcp(8080, 80)))
        .isInstanceOf(NetworkException.class)
        .hasMessageStartingWith(
            "Bind for 0.0.0.0:8080 failed: port is already allocated; 8080/tcp is held by ")
        .hasMessageContaining("java")
        .hasMessageContaining("(pid " + ProcessHandle.current().pid() + ")");
  }

  @Test
  void aConflictAmongOurselvesNamesTheServiceAndReservesNothing() {
    publish(PortSpec.tcp(8080, 80));
    assertThatThrownBy(
            () ->
                networks
                    .ports()
                    .reserve(
                        "api of shop", List.of(PortSpec.tcp(8081, 80), PortSpec.tcp(8080, 80))))
        .hasMessageEndingWith("8080/tcp is held by web of shop");
    assertThat(networks.ports().reserved()).hasSize(1);
    ports.addAll(networks.ports().reserve("api of shop", List.of(PortSpec.tcp(8081, 80))));
  }

  @Test
  void anAddressThatIsNotOursIsRefusedByName() {
    assertThatThrownBy(() -> publish(PortSpec.tcp("203.0.113.9", 8080, 80)))
        .hasMessage("Bind for 203.0.113.9:8080 failed: 203.0.113.9 is not an address of this host");
  }

  @Test
  void aReleasedPortIsFreeAtOnceAndForwardsNoMore() {
    for (int i = 0; i < 20; i++) {
      PortReservation port = publish(PortSpec.tcp(8080, 80));
      assertThat(host.ask("127.0.0.1", 8080, SURELY)).startsWith("web");
      networks.ports().release(port);
      ports.remove(port);
    }
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
  }

  @Test
  void aNewEngineTakesOverPortsWithoutAGap() {
    PortReservation port = publish(PortSpec.tcp(8080, 80));
    List<io.jcompose.linux.Fd> kept = port.sockets().stream().map(s -> s.duplicate()).toList();
    ports.clear();
    networks.close();
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);

    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);
    PortReservation adopted = networks.ports().adopt("web of shop", port.spec(), kept);
    ports.add(adopted);
    assertThat(adopted.port()).isEqualTo(8080);
    networks
        .ports()
        .publish(
            List.of(adopted),
            networks.find("n1").orElseThrow(),
            networks.endpoints().of("n1").getFirst());
    networks.ports().forgetOthers();
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);
    assertThat(host.ask("::1", 8080, SURELY)).isEqualTo("web 172.17.0.1");
  }

  @Test
  void aDeadContainersPortIsRefusedNotHung() {
    publish(PortSpec.tcp(8080, 7777));
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("refused");
    assertThat(host.ask("::1", 8080, SURELY)).containsIgnoringCase("reset");
  }
}

package io.jcompose.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.network.ipam.Cidr;
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

/** What the settings of a network and of a place in it do to the kernel and to the traffic. */
class NetworkOptionsTest {
  private static final Mark MARK = new Mark("0a1b2c");
  private static final String HOST = "192.0.2.1";
  private static final String NEIGHBOUR = "192.0.2.2";
  private static final String BRIDGE = "com.docker.network.bridge.";
  private static final int SOON = 400;
  private static final int SURELY = 3000;
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private final TestHost neighbour = new TestHost();
  private final List<TestHost> containers = new ArrayList<>();
  private Networks networks;

  @BeforeEach
  void open() {
    TestHost.wire(host, HOST + "/24", neighbour, NEIGHBOUR + "/24");
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
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
    assertThat(host.run("nft", "list", "ruleset")).isEmpty();
    assertThat(host.run("ip", "-br", "link")).doesNotContain("shop0", "jc0a1b2c");
    networks.close();
    host.close();
    neighbour.close();
  }

  private Network network(String id, Map<String, String> options) {
    return networks.ensure(NetworkConfig.of(id, id).withOptions(options));
  }

  private TestHost container(String owner, String network) {
    return container(EndpointConfig.of(network, owner));
  }

  private TestHost container(EndpointConfig place) {
    TestHost container = new TestHost();
    containers.add(container);
    networks.endpoints().connect(container.fd(), List.of(networks.endpoints().lease(place)));
    return container;
  }

  private void publish(String network, PortSpec port) {
    networks
        .ports()
        .publish(
            networks.ports().reserve("web of shop", List.of(port)),
            networks.find(network).orElseThrow(),
            networks.endpoints().of(network).getFirst());
  }

  @Test
  void aBridgeOfTheUsersNameIsAsTightAsAnyOther() {
    Network named = network("n1", Map.of(BRIDGE + "name", "shop0"));
    network("n2", Map.of());
    TestHost web = container("web", "n1");
    TestHost peer = container("peer", "n1");
    TestHost other = container("other", "n2");
    web.serve("0.0.0.0", 80, "web");
    neighbour.serve("0.0.0.0", 7, "outside");
    publish("n1", PortSpec.tcp(8080, 80));
    neighbour.run("ip", "route", "add", "172.17.0.0/16", "via", HOST);

    assertThat(named.bridge()).isEqualTo("shop0");
    assertThat(host.run("ip", "-br", "link", "show", "shop0")).contains("UP");
    assertThat(peer.ask("172.17.0.2", 80, SURELY)).startsWith("web");
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);
    assertThat(web.ask(NEIGHBOUR, 7, SURELY)).isEqualTo("outside " + HOST);
    assertThat(other.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
    assertThat(neighbour.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
  }

  @Test
  void aNamedBridgeThatIsInternalHasNoWayOut() {
    networks.ensure(
        new NetworkConfig(
            "n1", "n1", List.of(), false, true, 0, Map.of(), Map.of(BRIDGE + "name", "shop0"),
            false, false, 0));
    TestHost web = container("web", "n1");
    neighbour.serve("0.0.0.0", 7, "outside");
    web.run("ip", "route", "add", "default", "via", "172.17.0.1");
    neighbour.run("ip", "route", "add", "172.17.0.0/16", "via", HOST);

    assertThat(web.ask(NEIGHBOUR, 7, SOON)).isEqualTo("timeout");
  }

  @Test
  void aNameThatTheHostHasIsRefused() {
    assertThatThrownBy(() -> network("n1", Map.of(BRIDGE + "name", "wire")))
        .hasMessage(
            "network n1: this host has an interface wire that is not ours; choose another name for"
                + " the bridge");
    assertThatThrownBy(() -> network("n1", Map.of(BRIDGE + "name", "jc0a1b2cxyz")))
        .hasMessageContaining("begin with jc0a1b2c");
    network("n1", Map.of(BRIDGE + "name", "shop0"));
    assertThatThrownBy(() -> network("n2", Map.of(BRIDGE + "name", "shop0")))
        .hasMessage("network n2: network n1 has the bridge shop0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void withoutIccContainersReachTheOutsideAndPublishedPortsButNotEachOther(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    network("n1", Map.of(BRIDGE + "enable_icc", "false"));
    TestHost web = container("web", "n1");
    TestHost peer = container("peer", "n1");
    web.serve("0.0.0.0", 80, "web");
    neighbour.serve("0.0.0.0", 7, "outside");
    publish("n1", PortSpec.tcp(8080, 80));

    // Not even when somebody changes that setting.
    host.sysctl("bridge/bridge-nf-call-iptables", "0");
    assertThat(peer.ask("172.17.0.2", 80, SOON)).isIn("timeout", "refused");
    // Nor by sending it to the gateway, whose bridge would send it on.
    peer.run("ip", "route", "add", "172.17.0.2", "via", "172.17.0.1");
    assertThat(peer.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    assertThat(peer.ask(NEIGHBOUR, 7, SURELY)).isEqualTo("outside " + HOST);
    assertThat(peer.ask(HOST, 8080, SURELY)).startsWith("web");
  }

  @Test
  void withoutMasqueradeTheOutsideSeesTheContainersAddress() {
    network("n1", Map.of(BRIDGE + "enable_ip_masquerade", "false"));
    network("n2", Map.of());
    neighbour.serve("0.0.0.0", 7, "outside");
    neighbour.run("ip", "route", "add", "172.16.0.0/12", "via", HOST);

    assertThat(container("web", "n1").ask(NEIGHBOUR, 7, SURELY)).isEqualTo("outside 172.17.0.2");
    assertThat(container("web", "n2").ask(NEIGHBOUR, 7, SURELY)).isEqualTo("outside " + HOST);
  }

  @Test
  void mtuPrefixAndABridgeWithoutAddress() {
    Network network =
        network(
            "n1",
            Map.of(
                "com.docker.network.driver.mtu", "1234",
                "com.docker.network.container_iface_prefix", "lan",
                BRIDGE + "inhibit_ipv4", "true"));
    TestHost web = container("web", "n1");

    assertThat(web.run("ip", "-o", "link", "show", "lan0")).contains("mtu 1234");
    assertThat(web.run("ip", "route")).doesNotContain("default");
    assertThat(host.run("ip", "-o", "link", "show", network.bridge())).contains("mtu 1234");
    assertThat(host.run("ip", "-o", "-4", "addr", "show", network.bridge())).isEmpty();
  }

  @Test
  void anOptionThatIsNotKnownOrHasNoSuchValueIsRefused() {
    assertThatThrownBy(() -> network("n1", Map.of(BRIDGE + "enable_ic", "false")))
        .hasMessage("network n1: the bridge driver has no option com.docker.network.bridge.enable_ic");
    assertThatThrownBy(() -> network("n1", Map.of(BRIDGE + "enable_icc", "perhaps")))
        .hasMessageEndingWith("enable_icc is true or false: \"perhaps\"");
    assertThatThrownBy(() -> network("n1", Map.of("com.docker.network.driver.mtu", "big")))
        .hasMessageContaining("is a number of bytes");
    assertThatThrownBy(() -> network("n1", Map.of(BRIDGE + "host_binding_ipv4", "here")))
        .hasMessageContaining("not an IP address");
    assertThat(networks.list()).isEmpty();
  }

  @Test
  void aNetworkOfIpv6AloneHasNoIpv4Address() {
    networks.ensure(
        new NetworkConfig(
            "n6", "n6", List.of(), true, false, 0, Map.of(), Map.of(), true, false, 0));
    TestHost web = container("web", "n6");
    web.serve("::", 80, "web");
    host.run("ip", "addr", "add", "2001:db8::1/64", "dev", "wire", "nodad");
    neighbour.run("ip", "addr", "add", "2001:db8::2/64", "dev", "wire", "nodad");
    publish("n6", PortSpec.tcp(8080, 80));

    assertThat(web.run("ip", "-4", "addr", "show", "dev", "eth0")).isEmpty();
    assertThat(web.run("ip", "-6", "route")).contains("default via fd");
    assertThat(neighbour.ask("2001:db8::1", 8080, SURELY)).isEqualTo("web 2001:db8:0:0:0:0:0:2");
    // Where NAT can't lead from one family to the other, the proxy does.
    assertThat(neighbour.ask(HOST, 8080, SURELY)).startsWith("web fd");
  }

  @Test
  void severalSubnetsOfAFamilyAreUsedOneAfterTheOther() {
    List<NetworkConfig.Subnet> subnets =
        List.of(
            new NetworkConfig.Subnet(Cidr.parse("172.30.0.0/30"), "", "", Map.of()),
            new NetworkConfig.Subnet(
                Cidr.parse("172.31.0.0/24"), "172.31.0.254", "172.31.0.128/25",
                Map.of("printer", "172.31.0.128")));
    networks.ensure(new NetworkConfig("n", "two", subnets, false, false, 0, Map.of()));
    TestHost first = container("first", "n");
    TestHost second = container("second", "n");
    TestHost asked = container(new EndpointConfig("n", "asked", "172.31.0.7", "", "", "", 0));
    first.serve("0.0.0.0", 80, "first");

    assertThat(first.run("ip", "-o", "-4", "addr", "show", "eth0")).contains("172.30.0.2/30");
    assertThat(second.run("ip", "-o", "-4", "addr", "show", "eth0")).contains("172.31.0.129/24");
    assertThat(asked.run("ip", "-o", "-4", "addr", "show", "eth0")).contains("172.31.0.7/24");
    assertThat(second.ask("172.30.0.2", 80, SURELY)).startsWith("first");
    assertThatThrownBy(
            () -> networks.endpoints().lease(new EndpointConfig("n", "x", "172.29.0.1", "", "", "", 0)))
        .hasMessageContaining("is not in the network's subnet 172.30.0.0/30");
  }

  @Test
  void subnetsThatMakeNoSenseAreRefused() {
    assertRefused("its subnets 172.30.0.0/16 and 172.30.1.0/24 overlap",
        NetworkConfig.Subnet.of("172.30.0.0/16"), NetworkConfig.Subnet.of("172.30.1.0/24"));
    assertRefused("the gateway 10.0.0.1 is not in the subnet 172.30.0.0/16",
        new NetworkConfig.Subnet(Cidr.parse("172.30.0.0/16"), "10.0.0.1", "", Map.of()));
    assertRefused("is not inside the subnet",
        new NetworkConfig.Subnet(Cidr.parse("172.30.0.0/16"), "", "10.0.0.0/24", Map.of()));
    assertRefused("is not in the network's subnet",
        new NetworkConfig.Subnet(Cidr.parse("172.30.0.0/16"), "", "", Map.of("x", "10.0.0.9")));
    assertThat(networks.list()).isEmpty();
  }

  private void assertRefused(String why, NetworkConfig.Subnet... subnets) {
    assertThatThrownBy(
            () ->
                networks.ensure(
                    new NetworkConfig("n", "n", List.of(subnets), false, false, 0, Map.of())))
        .isInstanceOf(NetworkException.class)
        .hasMessageStartingWith("network n: ")
        .hasMessageContaining(why);
  }

  @Test
  void linkLocalAddressesAndSettingsOfTheInterface() {
    network("n1", Map.of());
    TestHost web =
        container(
            new EndpointConfig(
                "n1", "web", "", "", "", "lan0", 0, List.of("169.254.7.7", "fe80::7"),
                Map.of("net.ipv4.conf.IFNAME.log_martians", "1")));
    assertThat(web.run("ip", "-o", "addr", "show", "lan0"))
        .contains("169.254.7.7/16", "fe80::7/64");
    assertThat(web.run("cat", "/proc/sys/net/ipv4/conf/lan0/log_martians").strip()).isEqualTo("1");
    assertThatThrownBy(
            () ->
                networks.endpoints().lease(
                    new EndpointConfig(
                        "n1", "x", "", "", "", "", 0, List.of("10.0.0.1"), Map.of())))
        .hasMessageContaining("10.0.0.1 is no link-local address");
  }

  @Test
  void rulesThatWereTakenAwayWhileNoEngineRanAreBackWithTheNextOne() {
    network("n1", Map.of(BRIDGE + "name", "shop0"));
    TestHost web = container("web", "n1");
    web.serve("0.0.0.0", 80, "web");
    neighbour.run("ip", "route", "add", "172.17.0.0/16", "via", HOST);
    networks.close();
    host.tryRun("nft", "delete", "table", "inet", MARK.table());
    assertThat(neighbour.ask("172.17.0.2", 80, SURELY)).startsWith("web");

    networks = Networks.open(directory, MARK, Optional.of(host.fd()));

    assertThat(neighbour.ask("172.17.0.2", 80, SOON)).isEqualTo("timeout");
  }
}

package io.jcompose.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.network.firewall.Neighbours;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

/** Hosts on which other firewalls, and other owners of addresses, were there first. */
class BesideOthersTest {
  private static final Mark MARK = new Mark("0a1b2c");
  private static final String HOST = "192.0.2.1";
  private static final String NEIGHBOUR = "192.0.2.2";
  private static final int SOON = 400;
  private static final int SURELY = 3000;
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private final TestHost neighbour = new TestHost();
  private final List<TestHost> containers = new ArrayList<>();
  private Networks networks;
  private TestHost web;
  private TestHost peer;

  @BeforeEach
  void aWire() {
    TestHost.wire(host, HOST + "/24", neighbour, NEIGHBOUR + "/24");
    neighbour.serve("0.0.0.0", 7, "outside");
    networks = Networks.open(directory.resolve("networks"), MARK, Optional.of(host.fd()));
  }

  @AfterEach
  void leavesNothingOfOurs() {
    networks.ports().reserved().forEach(networks.ports()::release);
    for (Network network : networks.list()) {
      networks.endpoints().of(network.id()).forEach(networks.endpoints()::release);
      networks.remove(network.id());
    }
    containers.forEach(TestHost::close);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(networks.leftovers()).isEqualTo(new Leftovers(List.of(), List.of())));
    assertThat(host.run("nft", "list", "ruleset")).doesNotContain("jc0a1b2c", "shop0");
    networks.close();
    host.close();
    neighbour.close();
  }

  private TestHost container(String owner) {
    TestHost container = new TestHost();
    containers.add(container);
    networks.endpoints().connect(container.fd(), List.of(networks.endpoints().lease(EndpointConfig.of("n1", owner))));
    return container;
  }

  private Network stack(Map<String, String> options) {
    Network network = networks.ensure(NetworkConfig.of("n1", "front").withOptions(options));
    web = container("web");
    peer = container("peer");
    web.serve("0.0.0.0", 80, "web");
    networks
        .ports()
        .publish(
            networks.ports().reserve("web of shop", List.of(PortSpec.tcp(8080, 80))),
            network,
            networks.endpoints().of("n1").getFirst());
    return network;
  }

  private void assertStackWorks() {
    String address = networks.endpoints().of("n1").getFirst().address().getHostAddress();
    assertThat(peer.ask(address, 80, SURELY)).startsWith("web");
    assertThat(peer.ask(NEIGHBOUR, 7, SURELY)).isEqualTo("outside " + HOST);
    assertThat(neighbour.ask(HOST, 8080, SURELY)).isEqualTo("web " + NEIGHBOUR);
    assertThat(host.ask("127.0.0.1", 8080, SURELY)).startsWith("web");
    assertThat(peer.ask(HOST, 8080, SURELY)).startsWith("web");
    neighbour.tryRun("ip", "route", "add", "172.16.0.0/12", "via", HOST);
    web.serve("0.0.0.0", 81, "hidden");
    assertThat(neighbour.ask(address, 81, SOON)).isIn("timeout", "refused");
  }

  private String file(String name) {
    Path file = directory.resolve(name);
    try (var in = BesideOthersTest.class.getResourceAsStream(name)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toString();
  }

  private void loadDocker() {
    host.tryRun("ip", "link", "add", "docker0", "type", "bridge");
    host.tryRun("ip", "addr", "add", "172.17.0.1/16", "dev", "docker0");
    host.run("ip", "link", "set", "docker0", "up");
    host.sysctl("ipv4/ip_forward", "1");
    host.run("iptables-nft-restore", file("docker.rules"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void dockerWasThereFirst(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    loadDocker();
    Network network = stack(Map.of());
    assertThat(network.pools().getFirst().subnet()).hasToString("172.18.0.0/16");
    assertStackWorks();
    assertThat(networks.advice()).isEmpty();
  }

  @Test
  void dockerComesLater() {
    stack(Map.of("com.docker.network.bridge.name", "shop0"));
    loadDockersRulesOnly();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(host.run("iptables-nft", "-S", "DOCKER-USER"))
                    .contains("-i jc0a1b2c+", "-o jc0a1b2c+", "-i shop0", "-o shop0"));
    assertStackWorks();
  }

  private void loadDockersRulesOnly() {
    host.run("iptables-nft-restore", file("docker.rules"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void ufwIsOpenedByTheOneCommandThatUpPrints(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    host.run("iptables-nft-restore", file("ufw.rules"));
    stack(Map.of());
    assertThat(peer.ask(NEIGHBOUR, 7, SOON)).isEqualTo("timeout");
    Neighbours.Advice advice = networks.advice().orElseThrow();
    assertThat(advice.firewall()).isEqualTo("ufw");
    assertThat(advice.command())
        .isEqualTo("ufw route allow in on jc0a1b2c+ && ufw route allow out on jc0a1b2c+");
    // What ufw makes of it.
    host.run("iptables-nft", "-A", "ufw-user-forward", "-i", "jc0a1b2c+", "-j", "ACCEPT");
    host.run("iptables-nft", "-A", "ufw-user-forward", "-o", "jc0a1b2c+", "-j", "ACCEPT");
    assertStackWorks();
    assertThat(networks.advice()).isEmpty();
    host.run("iptables-nft", "-F", "ufw-user-forward");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void firewalldIsOpenedByTheOneCommandThatUpPrints(String bridgeCallsFirewall) {
    host.sysctl("bridge/bridge-nf-call-iptables", bridgeCallsFirewall);
    host.run("nft", "-f", file("firewalld.nft"));
    stack(Map.of());
    assertThat(peer.ask(NEIGHBOUR, 7, SURELY)).isEqualTo("refused");
    Neighbours.Advice advice = networks.advice().orElseThrow();
    assertThat(advice.command()).isEqualTo("firewall-cmd --zone=trusted --add-interface=jc0a1b2c+");
    // What firewalld makes of it.
    host.run("nft", "add rule inet firewalld filter_FORWARD_trusted iifname \"jc0a1b2c*\" accept");
    host.run("nft", "add rule inet firewalld filter_FORWARD_trusted oifname \"jc0a1b2c*\" accept");
    host.run("nft", "insert rule inet firewalld filter_INPUT iifname \"jc0a1b2c*\" accept");
    assertStackWorks();
    assertThat(networks.advice()).isEmpty();
    host.run("nft", "delete", "table", "inet", "firewalld");
  }

  @Test
  void aVpnHasTakenTheUsualPools() {
    host.run("ip", "link", "add", "tun7", "type", "bridge");
    host.run("ip", "link", "set", "tun7", "up");
    for (String range : List.of("172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/1", "128.0.0.0/1")) {
      host.run("ip", "route", "add", range, "dev", "tun7");
    }
    host.run("ip", "route", "add", "10.255.255.0/24", "dev", "tun7");
    Network network = stack(Map.of());
    assertThat(network.pools().getFirst().subnet()).hasToString("10.255.254.0/24");
    assertStackWorks();
  }

  @Test
  void aVpnThatComesLaterTakesNothingAway() {
    stack(Map.of());
    host.run("ip", "link", "add", "tun7", "type", "bridge");
    host.run("ip", "link", "set", "tun7", "up");
    host.run("ip", "route", "add", "172.16.0.0/12", "dev", "tun7");
    assertStackWorks();
    Network next = networks.ensure(NetworkConfig.of("n2", "back"));
    assertThat(next.pools().getFirst().subnet()).hasToString("192.168.0.0/20");
  }
}

package io.jcompose.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
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

class NetworksTest {
  private static final Mark MARK = new Mark("0a1b2c");
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private final List<TestHost> containers = new ArrayList<>();
  private Networks networks;

  @BeforeEach
  void open() {
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));
  }

  @AfterEach
  void leavesNothing() {
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
  }

  private TestHost container(String owner, String... networkIds) {
    TestHost container = new TestHost();
    containers.add(container);
    List<Endpoint> leased = new ArrayList<>();
    for (String id : networkIds) {
      leased.add(networks.endpoints().lease(EndpointConfig.of(id, owner)));
    }
    networks.endpoints().connect(container.fd(), leased);
    return container;
  }

  @Test
  void twoContainersOnOneNetworkReachEachOther() {
    Network network = networks.ensure(NetworkConfig.of("n1", "shop_default"));
    TestHost web = container("web", "n1");
    TestHost db = container("db", "n1");

    assertThat(network.pools().getFirst().subnet()).hasToString("172.17.0.0/16");
    db.serve("0.0.0.0", 80, "db");
    assertThat(web.ask("172.17.0.3", 80, 2000)).isEqualTo("db 172.17.0.2");
    assertThat(web.run("ip", "route")).startsWith("default via 172.17.0.1 dev eth0");
    assertThat(host.run("ip", "link")).contains(network.bridge()).contains("jc0a1b2cv");
  }

  @Test
  void anEndpointWithoutIpv6HasNone() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    TestHost web = container("web", "n1");

    assertThat(web.run("ip", "-6", "addr", "show", "dev", "eth0")).isEmpty();
    assertThat(web.run("cat", "/proc/sys/net/ipv6/conf/eth0/accept_ra").strip()).isEqualTo("0");
  }

  @Test
  void ipv6GivesASecondAddressAndRoute() {
    networks.ensure(new NetworkConfig("n6", "six", List.of(), true, false, 0, Map.of()));
    TestHost web = container("web", "n6");
    TestHost db = container("db", "n6");
    Endpoint endpoint = networks.endpoints().of("n6").get(1);

    assertThat(endpoint.addresses()).hasSize(2);
    String address = endpoint.addresses().get(1).address().getHostAddress();
    db.serve("::", 80, "db");
    assertThat(web.ask(address, 80, 2000)).startsWith("db fd");
    assertThat(web.run("ip", "-6", "route")).contains("default via fd");
  }

  @Test
  void severalNetworksAreEth0AndEth1AndThePriorityChoosesTheDefaultRoute() {
    networks.ensure(NetworkConfig.of("a", "front"));
    networks.ensure(NetworkConfig.of("b", "back"));
    TestHost web = new TestHost();
    containers.add(web);
    Endpoint front = networks.endpoints().lease(EndpointConfig.of("a", "web"));
    Endpoint back =
        networks.endpoints().lease(
            new EndpointConfig("b", "web", "172.18.0.77", "", "02:42:ac:12:00:4d", "", 5));
    List<Endpoint> connected = networks.endpoints().connect(web.fd(), List.of(front, back));

    assertThat(connected).extracting(Endpoint::interfaceName).containsExactly("eth0", "eth1");
    assertThat(web.run("ip", "addr", "show", "eth1"))
        .contains("172.18.0.77/16", "02:42:ac:12:00:4d");
    assertThat(web.run("ip", "route")).startsWith("default via 172.18.0.1 dev eth1");

    networks.endpoints().disconnect(web.fd(), connected.get(1));

    assertThat(web.run("ip", "route")).startsWith("default via 172.17.0.1 dev eth0");
    assertThat(web.tryRun("ip", "link", "show", "eth1").exit()).isNotZero();
  }

  @Test
  void anInternalNetworkGivesNoDefaultRoute() {
    networks.ensure(new NetworkConfig("i", "inner", List.of(), false, true, 0, Map.of()));
    assertThat(container("web", "i").run("ip", "route")).doesNotContain("default");
  }

  @Test
  void aSubnetThatTheHostRoutesIsSkipped() {
    host.run("ip", "link", "add", "vpn0", "type", "bridge");
    host.run("ip", "link", "set", "vpn0", "up");
    host.run("ip", "route", "add", "172.16.0.0/13", "dev", "vpn0");
    Network network = networks.ensure(NetworkConfig.of("n1", "default"));
    assertThat(network.pools().getFirst().subnet()).hasToString("172.24.0.0/16");

    NetworkConfig asked =
        new NetworkConfig(
            "n2",
            "x",
            List.of(NetworkConfig.Subnet.of("172.20.0.0/16")),
            false,
            false,
            0,
            Map.of());
    assertThatThrownBy(() -> networks.ensure(asked))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("172.20.0.0/16 overlaps 172.16.0.0/13 (route by vpn0)");
  }

  @Test
  void anAddressIsLeasedAgainOnlyWhenItsLinkIsGone() {
    NetworkConfig.Subnet small =
        new NetworkConfig.Subnet(
            io.jcompose.network.ipam.Cidr.parse("172.30.0.0/30"), "", "", Map.of());
    networks.ensure(new NetworkConfig("n", "tiny", List.of(small), false, false, 0, Map.of()));
    TestHost web = container("web", "n");
    networks.endpoints().release(networks.endpoints().of("n").getFirst());

    assertThatThrownBy(() -> networks.endpoints().lease(EndpointConfig.of("n", "next")))
        .hasMessageContaining("no address is left");

    web.close();
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(networks.endpoints().lease(EndpointConfig.of("n", "next")).address().getHostAddress())
                    .isEqualTo("172.30.0.2"));
  }

  @Test
  void networksAndLeasesSurviveTheEngineAndTheKernelsLossOfThem() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    TestHost web = container("web", "n1");
    List<Endpoint> before = networks.endpoints().of("n1");
    networks.close();
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));

    assertThat(networks.endpoints().of("n1")).isEqualTo(before);
    assertThat(networks.leftovers().isEmpty()).isTrue();

    String bridge = networks.list().getFirst().bridge();
    host.run("ip", "link", "del", bridge);
    assertThat(networks.ensure(NetworkConfig.of("n1", "default")).bridge()).isEqualTo(bridge);
    assertThat(host.run("ip", "addr", "show", bridge)).contains("172.17.0.1/16");
    assertThat(web.run("ip", "addr")).contains("172.17.0.2/16");
  }

  /** As an engine leaves it that dies between the two. */
  @Test
  void aBridgeThatWasMadeAndNotSetUpIsSetUpForWhoConnects() {
    Network network = networks.ensure(NetworkConfig.of("n1", "default"));
    host.run("ip", "link", "set", network.bridge(), "down");
    host.run("ip", "address", "flush", "dev", network.bridge());
    TestHost web = container("web", "n1");
    TestHost db = container("db", "n1");
    db.serve("0.0.0.0", 80, "db");
    assertThat(web.ask("172.17.0.3", 80, 2000)).isEqualTo("db 172.17.0.2");
    assertThat(host.run("ip", "-brief", "address", "show", network.bridge())).contains("UP").contains("172.17.0.1/16");
  }

  @Test
  void aNetworkInUseIsNotRemoved() {
    networks.ensure(NetworkConfig.of("n1", "shop_default"));
    container("web", "n1");
    assertThatThrownBy(() -> networks.remove("n1"))
        .hasMessage("network shop_default is in use by web");
  }

  @Test
  void aFailedConnectLeavesNoLink() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    TestHost web = new TestHost();
    containers.add(web);
    web.run("ip", "link", "add", "inner", "type", "bridge");
    Endpoint leased = networks.endpoints().lease(new EndpointConfig("n1", "web", "", "", "", "inner", 0));

    assertThatThrownBy(() -> networks.endpoints().connect(web.fd(), List.of(leased)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("inner");
    assertThat(host.run("ip", "link")).doesNotContain("jc0a1b2cv");
  }

  @Test
  void theLinksOfNamespacesThatLiveOnGoWithTheNetwork() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    for (int i = 0; i < 10; i++) {
      container("c" + i, "n1");
    }
    networks.endpoints().of("n1").forEach(networks.endpoints()::release);
    assertThat(host.run("ip", "link")).contains("jc0a1b2cv");
    networks.remove("n1");
    assertThat(host.run("ip", "link")).doesNotContain("jc0a1b2c");
  }

  @Test
  void aFixedAddressIsFreeAtOnceThoughItsOldNamespaceLivesOn() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    EndpointConfig config = new EndpointConfig("n1", "old", "172.17.0.9", "", "", "", 0);
    TestHost old = new TestHost();
    containers.add(old);
    networks.endpoints().connect(old.fd(), List.of(networks.endpoints().lease(config)));
    EndpointConfig next = new EndpointConfig("n1", "next", "172.17.0.9", "", "", "", 0);
    assertThatThrownBy(() -> networks.endpoints().lease(next))
        .isInstanceOf(AddressHeldException.class)
        .hasMessage("network default: the address 172.17.0.9 is in use by old");

    networks.endpoints().of("n1").forEach(networks.endpoints()::release);
    TestHost fresh = new TestHost();
    containers.add(fresh);
    networks.endpoints().connect(fresh.fd(), List.of(networks.endpoints().lease(next)));
    assertThat(fresh.run("ping", "-c1", "-W5", "172.17.0.1")).contains("1 received");
    assertThat(old.run("ip", "addr")).doesNotContain("172.17.0.9");
  }

  @Test
  void aStrangersLinkWithOurMarkIsALeftover() {
    host.run("ip", "link", "add", "jc0a1b2cvzzz", "type", "bridge");
    assertThat(networks.leftovers().links()).containsExactly("jc0a1b2cvzzz");
    networks.removeLeftovers();
    assertThat(networks.leftovers().isEmpty()).isTrue();
  }

  @Test
  void enginesWithRootsOfTheirOwnNeverShareASubnet() throws Exception {
    List<Networks> engines = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Mark mark = new Mark("00000" + i);
      engines.add(Networks.open(directory.resolve(mark.value()), mark, Optional.of(host.fd())));
    }
    List<Thread> threads = new ArrayList<>();
    for (Networks engine : engines) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 3; i++) {
                      engine.ensure(NetworkConfig.of("n" + i, "default"));
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> subnets = new ArrayList<>();
    for (Networks engine : engines) {
      engine.list().forEach(n -> subnets.add(n.pools().getFirst().subnet().toString()));
      engine.list().forEach(n -> engine.remove(n.id()));
      assertThat(engine.leftovers().isEmpty()).isTrue();
      engine.close();
    }
    assertThat(subnets).hasSize(12).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "with space", "much-too-long-a-name", "lo", ".."})
  void whatIsNoNameOfAnInterfaceIsRefused(String name) {
    assertThatThrownBy(() -> new EndpointConfig("n", "web", "", "", "", name, 0))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(name);
  }

  @Test
  void manyAreConnectedAtOnce() throws Exception {
    networks.ensure(NetworkConfig.of("n1", "default"));
    networks.ensure(NetworkConfig.of("n2", "other"));
    List<Thread> threads = new ArrayList<>();
    java.util.Queue<Throwable> failures = new java.util.concurrent.ConcurrentLinkedQueue<>();
    for (int i = 0; i < 20; i++) {
      TestHost container = new TestHost();
      containers.add(container);
      String owner = "c" + i;
      threads.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, e) -> failures.add(e))
              .start(
                  () ->
                      networks.endpoints().connect(
                          container.fd(),
                          List.of(
                              networks.endpoints().lease(EndpointConfig.of("n1", owner)),
                              networks.endpoints().lease(EndpointConfig.of("n2", owner))))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(networks.endpoints().of("n2"))
        .extracting(Endpoint::address)
        .doesNotHaveDuplicates()
        .hasSize(20);
    assertThat(containers).allMatch(c -> c.run("ip", "addr").contains("172.18.0."));
  }

  @Test
  void aRecordThatCannotBeReadIsSetAsideAndStopsNoOther() throws Exception {
    networks.ensure(NetworkConfig.of("n1", "default"));
    networks.close();
    Files.writeString(directory.resolve("broken.json"), "{");
    networks = Networks.open(directory, MARK, Optional.of(host.fd()));

    assertThat(networks.list()).extracting(Network::name).containsExactly("default");
    assertThat(directory.resolve("broken.json.corrupt-1")).exists();
  }

  @Test
  void aContainerThatStartsAgainKeepsItsAddressAndNames() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    networks.ensure(NetworkConfig.of("n2", "other"));
    TestHost first = container("web", "n1", "n2");
    List<Endpoint> before =
        List.of(networks.endpoints().of("n1").getFirst(), networks.endpoints().of("n2").getFirst());
    TestHost second = container("web", "n1", "n2");

    assertThat(second.run("ip", "addr")).contains("eth0", "eth1", "172.17.0.2/16");
    assertThat(networks.endpoints().of("n1").getFirst().mac()).isEqualTo(before.getFirst().mac());
    assertThat(first.run("ip", "addr")).doesNotContain("172.17.0.2");
  }

  @Test
  void aContainerThatEndedKeepsItsPlaceAndIsNotConnected() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    TestHost web = container("web", "n1");
    assertThat(networks.endpoints().of("n1").getFirst().connected()).isTrue();
    web.close();
    Awaitility.await()
        .untilAsserted(() -> assertThat(networks.endpoints().of("n1").getFirst().connected()).isFalse());
    assertThat(networks.endpoints().of("n1").getFirst().address().getHostAddress()).isEqualTo("172.17.0.2");
  }

  @Test
  void aLinkThatSomebodyElseDeletedHindersNothing() {
    networks.ensure(NetworkConfig.of("n1", "default"));
    container("web", "n1");
    host.run("ip", "link", "del", networks.endpoints().of("n1").getFirst().hostLink());
    networks.endpoints().of("n1").forEach(networks.endpoints()::release);
    host.run("ip", "link", "del", networks.list().getFirst().bridge());
    networks.remove("n1");
    networks.remove("n1");
    assertThat(networks.list()).isEmpty();
  }

  @Test
  void prepareSetsLoopbackUpAndSettings() {
    TestHost web = new TestHost();
    containers.add(web);
    networks.endpoints().prepare(web.fd(), Map.of("net.ipv4.tcp_syncookies", "0"));
    assertThat(web.run("cat", "/proc/sys/net/ipv4/tcp_syncookies").strip()).isEqualTo("0");
    assertThat(web.run("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start").strip())
        .isEqualTo("0");
    assertThat(web.run("cat", "/proc/sys/net/ipv4/ping_group_range").strip())
        .isEqualTo("0\t2147483647");
    assertThatThrownBy(() -> networks.endpoints().prepare(web.fd(), Map.of("kernel.shmmax", "1")))
        .hasMessageContaining("kernel.shmmax");
  }
}

package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.ContainerSpec;
import io.jcompose.container.ProcessSpec;
import io.jcompose.container.RootSpec;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.Lifetime;
import io.jcompose.engine.state.RestartSpec;
import io.jcompose.network.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcTextsTest {
  private static final Endpoint PLACE =
      new Endpoint(
          "n", "o", "", "", "", "02:00:00:00:00:01",
          List.of(
              new Endpoint.Address(InetAddress.ofLiteral("172.18.0.5"), 16, InetAddress.ofLiteral("172.18.0.1"))),
          0);
  @TempDir Path folder;
  private Path host;

  @BeforeEach
  void hostFile() throws IOException {
    host = folder.resolve("resolv.conf");
    Files.writeString(host, "# mine\nnameserver 10.0.0.2\nsearch lan example.org\noptions timeout:1\n");
  }

  private static ContainerRecord record(
      List<String> extraHosts, List<String> dns, List<String> search, List<String> options) {
    String id = "a".repeat(64);
    ContainerSpec spec = ContainerSpec.of(id, "x", RootSpec.of(List.of()), ProcessSpec.of(List.of("x")));
    return new ContainerRecord(
        spec, "p", "s", 1, false, 0, Map.of(), "", "", "", "", List.of(), Map.of(), List.of(), List.of(), null,
        RestartSpec.NO, Map.of(), List.of(), Set.of(), extraHosts, dns, search, options, "", List.of(), "", Lifetime.PLAIN);
  }

  private static final ContainerRecord PLAIN = record(List.of(), List.of(), List.of(), List.of());

  @Test
  void hostsNamesLocalhostAndTheContainerAtEachAddress() {
    assertThat(EtcTexts.hosts(PLAIN, List.of(PLACE), "").lines())
        .contains("127.0.0.1\tlocalhost", "172.18.0.5\taaaaaaaaaaaa");
    assertThat(EtcTexts.hosts(PLAIN, List.of(), "").lines()).contains("127.0.1.1\taaaaaaaaaaaa");
    assertThat(EtcTexts.hostname(PLAIN)).isEqualTo("aaaaaaaaaaaa\n");
  }

  @Test
  void extraHostsAndTheGateway() {
    ContainerRecord extra =
        record(List.of("10.1.1.1 other", "host-gateway host.docker.internal"), List.of(), List.of(), List.of());
    assertThat(EtcTexts.hosts(extra, List.of(PLACE), EtcTexts.hostAddress(extra, List.of(PLACE))).lines())
        .contains("10.1.1.1\tother", "172.18.0.1\thost.docker.internal");
    assertThat(EtcTexts.hosts(extra, List.of(), EtcTexts.hostAddress(extra, List.of()))).contains("other").doesNotContain("host-gateway");
  }

  @Test
  void withNetworksOurServerAnswersAndTheHostsSearchListIsKept() {
    assertThat(EtcTexts.resolvConf(PLAIN, true, host))
        .isEqualTo("nameserver 127.0.0.11\nsearch lan example.org\noptions timeout:1 ndots:0\n");
  }

  @Test
  void withoutNetworksItIsTheHosts() {
    assertThat(EtcTexts.resolvConf(PLAIN, false, host))
        .isEqualTo("nameserver 10.0.0.2\nsearch lan example.org\noptions timeout:1\n");
    assertThat(EtcTexts.resolvConf(PLAIN, true, folder.resolve("none")))
        .isEqualTo("nameserver 127.0.0.11\noptions ndots:0\n");
  }

  @Test
  void whatTheServiceSaysWins() {
    ContainerRecord own = record(List.of(), List.of("9.9.9.9"), List.of("corp"), List.of("ndots:2", "rotate"));
    assertThat(EtcTexts.resolvConf(own, true, host))
        .isEqualTo("nameserver 127.0.0.11\nsearch corp\noptions ndots:2 rotate\n");
    assertThat(EtcTexts.resolvConf(own, false, host)).startsWith("nameserver 9.9.9.9\n");
    assertThat(EtcTexts.servers(own)).containsExactly(InetAddress.ofLiteral("9.9.9.9"));
    ContainerRecord none = record(List.of(), List.of(), List.of("."), List.of());
    assertThat(EtcTexts.resolvConf(none, true, host)).doesNotContain("search");
  }
}

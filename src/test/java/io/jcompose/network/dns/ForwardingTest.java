package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ForwardingTest {
  private static final StubResolver.Script ANSWERS =
      (query, tcp) -> List.of(Packets.answer(query, 0, "192.0.2.1"));
  private static final StubResolver.Script SILENCE = (query, tcp) -> List.of();

  @TempDir Path folder;
  private TestNetwork host;
  private TestNetwork inside;
  private DnsSockets sockets;
  private DnsServer server;
  private Client client;

  @BeforeEach
  void open() throws IOException {
    host = new TestNetwork();
    inside = new TestNetwork();
    sockets = DnsSockets.open(inside.fd());
    servers("127.0.0.1");
    server = host.inside(() -> DnsServer.start(folder.resolve("resolv.conf")));
    server.publish(
        Map.of(
            "n1",
            DnsZone.of("shop_default")
                .subnet(InetAddress.ofLiteral("10.7.0.0"), 16)
                .endpoint("shop-db-1", List.of("db"), List.of(InetAddress.ofLiteral("10.7.0.3")))
                .build(),
            "n2",
            DnsZone.of("other_default")
                .endpoint("other-x-1", List.of("x"), List.of(InetAddress.ofLiteral("10.8.0.3")))
                .build()));
    server.attach("c", sockets, DnsView.of(List.of("n1"), true));
    client = new Client(inside, sockets);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    sockets.close();
    inside.close();
    host.close();
  }

  @Test
  void asksTheHostsResolverByUdpAndTcp() throws IOException {
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", ANSWERS)) {
      byte[] answer = client.ask(Packets.query(77, "WWW.example.ORG", 1));
      assertThat(Packets.id(answer)).isEqualTo(77);
      assertThat(Packets.addresses(answer)).containsExactly("192.0.2.1");
      assertThat(new String(answer, 13, 3)).isEqualTo("WWW");
      assertThat(Packets.addresses(client.askByTcp(Packets.query(78, "example.org", 1))))
          .containsExactly("192.0.2.1");
      assertThat(stub.asked).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch",
        "x",
        "db.nosuch_net",
        "nosuch.shop_default",
        "x.other_default",
        "4.0.7.10.in-addr.arpa",
        "1.0.0.127.in-addr.arpa"
      })
  @DisplayName("NET-14 a name that can only be private is asked of nobody")
  void asksNobodyForAPrivateName(String name) throws IOException {
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", ANSWERS)) {
      boolean known = !name.equals("db.nosuch_net");
      byte[] answer = client.ask(Packets.query(1, name, 1));
      // The control: a name that no network here claims does go outside.
      assertThat(stub.asked).hasSize(known ? 0 : 1);
      assertThat(Packets.code(answer)).isEqualTo(known ? Dns.NXDOMAIN : Dns.NOERROR);
    }
  }

  @Test
  @DisplayName("NET-4 a container on internal networks alone has nothing asked outside")
  void asksNobodyForAContainerOnInternalNetworks() throws IOException {
    server.view("c", DnsView.of(List.of("n1"), false));
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", ANSWERS)) {
      assertThat(Packets.code(client.ask(Packets.query(1, "example.org", 1))))
          .isEqualTo(Dns.REFUSED);
      assertThat(Packets.addresses(client.ask(Packets.query(1, "db", 1))))
          .containsExactly("10.7.0.3");
      assertThat(stub.asked).isEmpty();
    }
  }

  @Test
  void fetchesWhatIsTruncatedByTcp() throws IOException {
    String[] many = new String[300];
    Arrays.setAll(many, i -> "192.0.2." + i % 250);
    StubResolver.Script script =
        (query, tcp) ->
            List.of(
                tcp
                    ? Packets.answer(query, 0, many)
                    : Packets.withTruncation(Packets.answer(query, 0)));
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", script)) {
      assertThat(Packets.truncated(client.ask(Packets.query(1, "big.example", 1)))).isTrue();
      byte[] answer = client.askByTcp(Packets.query(2, "big.example", 1));
      assertThat(Packets.addresses(answer)).hasSize(300);
      assertThat(stub.asked)
          .extracting(StubResolver.Asked::tcp)
          .containsExactly(false, false, true);
    }
  }

  @Test
  void cutsAnAnswerThatIsLargerThanTheClientTakes() throws IOException {
    String[] many = new String[100];
    Arrays.setAll(many, i -> "192.0.2." + i);
    try (StubResolver stub =
        new StubResolver(host, "127.0.0.1", (q, tcp) -> List.of(Packets.answer(q, 0, many)))) {
      byte[] answer = client.ask(Packets.query(1, "big.example", 1));
      assertThat(answer.length).isLessThanOrEqualTo(512);
      assertThat(Packets.truncated(answer)).isTrue();
      assertThat(stub.asked).hasSize(1);
    }
  }

  @Test
  @DisplayName("NET-13 an answer to another question is not taken")
  void takesNoAnswerButTheOneToItsQuestion() throws IOException {
    StubResolver.Script forger =
        (query, tcp) ->
            List.of(
                Packets.withId(Packets.answer(query, 0, "198.51.100.1"), Packets.id(query) + 1),
                Packets.withId(
                    Packets.answer(Packets.query(1, "other.example", 1), 0, "198.51.100.2"),
                    Packets.id(query)),
                query,
                new byte[] {query[0], query[1], (byte) 0x80},
                Packets.answer(query, 0, "192.0.2.1"));
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", forger)) {
      assertThat(Packets.addresses(client.ask(Packets.query(1, "example.org", 1))))
          .containsExactly("192.0.2.1");
      assertThat(stub.asked).hasSize(1);
    }
  }

  @Test
  void asksFromAnotherPortWithAnotherIdEachTime() throws IOException {
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", ANSWERS)) {
      for (int i = 0; i < 20; i++) {
        client.ask(Packets.query(1, "example.org", 1));
      }
      assertThat(stub.asked.stream().map(a -> Packets.id(a.query())).distinct().count())
          .isGreaterThan(15);
      assertThat(
              stub.asked.stream()
                  .map(a -> ((InetSocketAddress) a.from()).getPort())
                  .distinct()
                  .count())
          .isGreaterThan(15);
    }
  }

  @Test
  void goesOnToTheNextServerWhenOneIsAbsentRefusesOrKeepsSilent() throws IOException {
    servers("127.0.0.2", "127.0.0.3", "127.0.0.4");
    StubResolver.Script refuses = (query, tcp) -> List.of(Packets.answer(query, Dns.REFUSED));
    try (StubResolver second = new StubResolver(host, "127.0.0.3", refuses);
        StubResolver third = new StubResolver(host, "127.0.0.4", ANSWERS)) {
      assertThat(Packets.addresses(client.ask(Packets.query(1, "example.org", 1))))
          .containsExactly("192.0.2.1");
      assertThat(second.asked).hasSize(1);
      assertThat(third.asked).hasSize(1);
    }
    servers("127.0.0.2", "127.0.0.3");
    try (StubResolver second = new StubResolver(host, "127.0.0.2", SILENCE);
        StubResolver third = new StubResolver(host, "127.0.0.3", ANSWERS)) {
      for (int i = 0; i < 5; i++) {
        assertThat(Packets.addresses(client.ask(Packets.query(i, "example.org", 1))))
            .containsExactly("192.0.2.1");
      }
      // The silent one cost a second once, and is asked last from then on.
      assertThat(second.asked).hasSize(1);
      assertThat(third.asked).hasSize(5);
    }
  }

  @Test
  void saysServfailWhenNobodyListensAndWhenNobodySpeaks() throws IOException {
    assertThat(Packets.code(client.ask(Packets.query(1, "example.org", 1))))
        .isEqualTo(Dns.SERVFAIL);
    assertThat(Packets.code(client.askByTcp(Packets.query(1, "example.org", 1))))
        .isEqualTo(Dns.SERVFAIL);
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", SILENCE)) {
      byte[] answer = client.ask(Packets.query(5, "example.org", 1));
      assertThat(Packets.id(answer)).isEqualTo(5);
      assertThat(Packets.code(answer)).isEqualTo(Dns.SERVFAIL);
      assertThat(stub.asked).hasSize(4);
    }
  }

  @Test
  @Tag("F-40")
  void readsTheResolversAgainWhenTheyChange() throws IOException {
    try (StubResolver first = new StubResolver(host, "127.0.0.1", ANSWERS);
        StubResolver second = new StubResolver(host, "::1", ANSWERS)) {
      client.ask(Packets.query(1, "example.org", 1));
      servers("::1");
      client.ask(Packets.query(1, "example.org", 1));
      Files.writeString(folder.resolve("new"), "nameserver 127.0.0.1");
      Files.move(
          folder.resolve("new"), folder.resolve("resolv.conf"), StandardCopyOption.ATOMIC_MOVE);
      client.ask(Packets.query(1, "example.org", 1));
      Files.delete(folder.resolve("resolv.conf"));
      client.ask(Packets.query(1, "example.org", 1));
      assertThat(first.asked).hasSize(3);
      assertThat(second.asked).hasSize(1);
    }
  }

  @Test
  void asksTheContainersOwnServers() throws IOException {
    server.view(
        "c",
        new DnsView(List.of("n1"), Map.of(), true, List.of(InetAddress.ofLiteral("127.0.0.9"))));
    // At a loopback address it is the container's own loopback that is meant.
    try (StubResolver own = new StubResolver(inside, "127.0.0.9", ANSWERS);
        StubResolver other = new StubResolver(host, "127.0.0.9", ANSWERS)) {
      client.ask(Packets.query(1, "example.org", 1));
      assertThat(own.asked).hasSize(1);
      assertThat(other.asked).isEmpty();
    }
  }

  @Test
  void answersHundredsUnderWayAndRefusesMoreWithoutEnd() throws IOException {
    try (StubResolver stub = new StubResolver(host, "127.0.0.1", SILENCE)) {
      for (int i = 0; i < 400; i++) {
        client.send(Packets.query(i, "example.org", 1));
      }
      // Those for which there is no room fail at once.
      for (int i = 0; i < 150; i++) {
        assertThat(Packets.code(client.receive())).isEqualTo(Dns.SERVFAIL);
      }
      assertThat(Packets.addresses(client.askByTcp(Packets.query(9, "db", 1))))
          .containsExactly("10.7.0.3");
      assertThat(stub.asked.size()).isBetween(1, 4 * 128);
    }
  }

  private void servers(String... addresses) throws IOException {
    StringBuilder text = new StringBuilder("# made by a test\nsearch example.org\n");
    for (String address : addresses) {
      text.append("nameserver ").append(address).append('\n');
    }
    Files.writeString(folder.resolve("resolv.conf"), text);
  }
}

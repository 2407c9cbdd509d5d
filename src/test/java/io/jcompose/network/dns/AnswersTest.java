package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTest {
  private static final Zones ZONES =
      new Zones(
          Map.of(
              "front", front(),
              "back", back(),
              "named-like-a-domain",
                  DnsZone.of("dev").endpoint("shop", List.of(), ips("10.9.0.2")).build(),
              "foreign",
                  DnsZone.of("b_default")
                      .subnet(InetAddress.ofLiteral("10.3.0.0"), 16)
                      .endpoint("b-web-1", List.of("b-only"), ips("10.3.0.2"))
                      .build()));
  private static final DnsView VIEW =
      new DnsView(
          List.of("front", "back", "gone", "named-like-a-domain"),
          Map.of("Database", "db"),
          true,
          List.of());

  private static DnsZone front() {
    return DnsZone.of("shop_front")
        .subnet(InetAddress.ofLiteral("10.1.0.0"), 20)
        .endpoint("shop-web-1", List.of("web", "Www"), ips("10.1.0.2"))
        .endpoint("shop-web-2", List.of("web"), ips("10.1.0.3", "fd01::3"))
        .build();
  }

  private static DnsZone back() {
    return DnsZone.of("shop_back")
        .subnet(InetAddress.ofLiteral("fd02::"), 64)
        .endpoint("shop-web-1", List.of("web"), ips("10.2.0.2"))
        .endpoint("shop-db-1", List.of("db", "a.b"), ips("10.2.0.4"))
        .endpoint("web.shop_front", List.of(), ips("10.2.0.5"))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    // name, type, code, addresses
    "web, 1, 0, 10.1.0.2 10.1.0.3",
    "WEB, 1, 0, 10.1.0.2 10.1.0.3",
    "www, 1, 0, 10.1.0.2",
    "shop-web-2, 1, 0, 10.1.0.3",
    "shop-web-2, 28, 0, fd01:0:0:0:0:0:0:3",
    "shop-web-2, 255, 0, 10.1.0.3 fd01:0:0:0:0:0:0:3",
    "web.shop_back, 1, 0, 10.2.0.2",
    // a whole name is tried before a name in a network
    "web.shop_front, 1, 0, 10.2.0.5",
    "db, 1, 0, 10.2.0.4",
    "a.b, 1, 0, 10.2.0.4",
    "database, 1, 0, 10.2.0.4",
    "localhost, 1, 0, 127.0.0.1",
    "x.localhost, 28, 0, 0:0:0:0:0:0:0:1",
    // known, without such a record: an empty answer
    "db, 28, 0, ''",
    "db, 15, 0, ''",
    "db, 65, 0, ''",
    "_http._tcp.web, 33, 0, ''",
    "2.0.1.10.in-addr.arpa, 1, 0, ''",
    // private, unknown
    "b-only, 1, 3, ''",
    "b-web-1.b_default, 1, 3, ''",
    "nosuch, 1, 3, ''",
    "nosuch.shop_front, 28, 3, ''",
    "a.nosuch.shop_front, 1, 3, ''",
    "2.0.3.10.in-addr.arpa, 12, 3, ''",
    "9.15.1.10.in-addr.arpa, 12, 3, ''",
    "1.0.1.10.in-addr.arpa, 6, 3, ''",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.d.f.ip6.arpa, 12, 3, ''",
    // everybody's
    "shop.dev, 1, 0, 10.9.0.2",
    "other.dev, 1, -1, ''",
    "example.org, 1, -1, ''",
    "9.16.1.10.in-addr.arpa, 12, -1, ''",
    "10.in-addr.arpa, 2, -1, ''",
    "'', 2, -1, ''",
    // not for a name server like this
    "example.org, 252, 5, ''",
    "web, 251, 5, ''",
  })
  void answers(String name, int type, int code, String addresses) {
    byte[] answer = ask(VIEW, name, type, 0);
    if (code == Answers.FORWARD) {
      assertThat(answer).isEmpty();
      return;
    }
    assertThat(Packets.code(answer)).isEqualTo(code);
    assertThat(Packets.addresses(answer))
        .containsExactlyInAnyOrder(addresses.isEmpty() ? new String[0] : addresses.split(" "));
  }

  @Test
  void refusesWhatIsOutsideWhereThereIsNone() {
    DnsView internal = DnsView.of(List.of("front"), false);
    assertThat(Packets.code(ask(internal, "example.org", 1, 0))).isEqualTo(Dns.REFUSED);
    assertThat(Packets.code(ask(internal, "db", 1, 0))).isEqualTo(Dns.NXDOMAIN);
    assertThat(Packets.addresses(ask(internal, "www", 1, 0))).containsExactly("10.1.0.2");
  }

  @Test
  void refusesOtherClasses() {
    byte[] chaos = Packets.query(1, "version.bind", 16);
    chaos[chaos.length - 1] = 3;
    assertThat(Packets.code(answer(VIEW, chaos, false))).isEqualTo(Dns.REFUSED);
  }

  @Test
  void namesTheContainerOfAnAddress() {
    byte[] wire = Packets.records(ask(VIEW, "4.0.2.10.in-addr.arpa", 12, 0)).getFirst();
    assertThat(wire).isEqualTo(Names.wire("shop-db-1.shop_back").orElseThrow());
    String six = "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.d.f.IP6.arpa";
    assertThat(Packets.records(ask(VIEW, six, 12, 0))).hasSize(1);
  }

  @Test
  void putsReplicasInEveryOrder() {
    Set<List<String>> orders = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      orders.add(Packets.addresses(ask(VIEW, "web", 1, 0)));
    }
    assertThat(orders).hasSize(2);
  }

  @Test
  void givesAsManyReplicasAsFitAndSaysSo() {
    DnsZone.Builder zone = DnsZone.of("n");
    IntStream.range(0, 200).forEach(i -> zone.endpoint("w" + i, List.of("w"), ips("10.4.0." + i)));
    Zones zones = new Zones(Map.of("n", zone.build()));
    DnsView view = DnsView.of(List.of("n"), true);
    record Limit(int payload, boolean tcp, int most, boolean cut) {}
    for (Limit limit :
        List.of(
            new Limit(0, false, 512, true),
            new Limit(100, false, 512, true),
            new Limit(1232, false, 1232, true),
            new Limit(65000, false, 4096, false),
            new Limit(0, true, 65535, false))) {
      byte[] packet = Packets.query(1, "w", 1, limit.payload());
      Query query = Query.parse(packet, packet.length).orElseThrow();
      byte[] out = new byte[65535];
      int length = Answers.answer(query, view, zones, out, query.limit(limit.tcp()));
      assertThat(length).isBetween(limit.cut() ? limit.most() - 16 : 3000, limit.most());
      assertThat(Packets.truncated(out)).as("%s", limit).isEqualTo(limit.cut());
      assertThat(Packets.addresses(out)).doesNotHaveDuplicates();
      assertThat(Packets.addresses(out).size() == 200).isEqualTo(!limit.cut());
    }
  }

  @Test
  void keepsTheLettersOfTheQuestion() {
    byte[] answer = ask(VIEW, "wEb", 1, 1232);
    assertThat(new String(answer, 13, 3)).isEqualTo("wEb");
  }

  private static byte[] ask(DnsView view, String name, int type, int payload) {
    return answer(view, Packets.query(1, name, type, payload), false);
  }

  /** Empty: to be forwarded. */
  private static byte[] answer(DnsView view, byte[] packet, boolean tcp) {
    Query query = Query.parse(packet, packet.length).orElseThrow();
    byte[] out = new byte[65535];
    int length = Answers.answer(query, view, ZONES, out, query.limit(tcp));
    return length < 0 ? new byte[0] : Arrays.copyOf(out, length);
  }

  private static List<InetAddress> ips(String... literals) {
    return Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
  }
}

package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class QueryTest {
  private static final Zones ZONES =
      new Zones(
          Map.of(
              "n",
              DnsZone.of("net_1")
                  .endpoint("web", List.of(), List.of(java.net.InetAddress.ofLiteral("10.0.0.1")))
                  .build()));
  private static final DnsView VIEW = DnsView.of(List.of("n"), true);

  @Property(tries = 1000)
  void readsWhatWasWritten(
      @ForAll @IntRange(max = 0xffff) int id,
      @ForAll("names") String name,
      @ForAll @IntRange(max = 0xffff) int type,
      @ForAll @IntRange(max = 0xffff) int payload) {
    byte[] packet = Packets.query(id, name, type, payload);
    Query query = Query.parse(packet, packet.length).orElseThrow();
    assertThat(query.problem()).isEqualTo(Dns.NOERROR);
    assertThat(query.id()).isEqualTo(id);
    assertThat(query.name()).isEqualTo(name.toLowerCase(Locale.ROOT));
    assertThat(query.labels()).isEqualTo(name.isEmpty() ? 0 : name.split("\\.").length);
    assertThat(query.type()).isEqualTo(type);
    assertThat(query.qclass()).isEqualTo(Dns.CLASS_IN);
    assertThat(query.edns()).isEqualTo(payload > 0);
    assertThat(query.payload()).isEqualTo(Math.clamp(payload, 512, 4096));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .withChars("0123456789-_")
        .ofMinLength(1)
        .ofMaxLength(30)
        .list()
        .ofMaxSize(7)
        .map(labels -> String.join(".", labels));
  }

  @Property(tries = 100_000)
  void neverFailsOnNoise(@ForAll @Size(max = 200) byte[] noise) {
    check(noise);
  }

  @Property(tries = 100_000)
  void neverFailsOnADamagedQuery(
      @ForAll @IntRange(max = 39) int place,
      @ForAll byte value,
      @ForAll @IntRange(max = 45) int length) {
    byte[] packet = Packets.query(1, "web.net_1", 1, 1232);
    packet[place % packet.length] = value;
    check(Arrays.copyOf(packet, length));
  }

  /** Whatever came: no exception, and an answer is one to that id, within its bounds. */
  private static void check(byte[] packet) {
    byte[] out = new byte[65535];
    Query.parse(packet, packet.length)
        .ifPresent(
            query -> {
              int length = Answers.answer(query, VIEW, ZONES, out, query.limit(false));
              assertThat(length).isBetween(-1, query.limit(false)).isNotZero();
              if (length > 0) {
                assertThat(length).isGreaterThanOrEqualTo(12);
                assertThat(Packets.id(out)).isEqualTo(Packets.id(packet));
                assertThat(out[2] & 0x80).isEqualTo(0x80);
              }
            });
  }

  @Test
  void leavesAnswersAndFragmentsUnanswered() {
    byte[] answer = Packets.query(1, "web", 1);
    answer[2] |= (byte) 0x80;
    assertThat(Query.parse(answer, answer.length)).isEmpty();
    assertThat(Query.parse(answer, 11)).isEmpty();
    assertThat(Query.parse(new byte[0], 0)).isEmpty();
  }

  @Test
  void refusesPointersInQuestions() {
    byte[] loop = Packets.query(1, "web", 1);
    loop[12] = (byte) 0xc0;
    loop[13] = 12;
    assertThat(problem(loop)).isEqualTo(Dns.FORMERR);
  }

  @Test
  void isNotLedAroundByPointersInRecords() {
    byte[] query = Packets.query(1, "web", 1);
    byte[] packet = Arrays.copyOf(query, query.length + 12);
    packet[11] = 1;
    packet[query.length] = (byte) 0xc0;
    packet[query.length + 1] = (byte) query.length;
    assertThat(problem(packet)).isEqualTo(Dns.NOERROR);
    packet[11] = 2;
    assertThat(problem(packet)).isEqualTo(Dns.FORMERR);
  }

  @Test
  void saysWhatIsWrong() {
    byte[] update = Packets.query(1, "web", 1);
    update[2] = 0x28;
    assertThat(problem(update)).isEqualTo(Dns.NOTIMP);
    byte[] two = Packets.query(1, "web", 1);
    two[5] = 2;
    assertThat(problem(two)).isEqualTo(Dns.FORMERR);
    byte[] version = Packets.query(1, "web", 1, 1232);
    version[version.length - 5] = 1;
    assertThat(problem(version)).isEqualTo(Dns.BADVERS);
    byte[] twice = Packets.query(1, "web", 1, 1232);
    byte[] packet = Arrays.copyOf(twice, twice.length + 11);
    System.arraycopy(twice, twice.length - 11, packet, twice.length, 11);
    packet[11] = 2;
    assertThat(problem(packet)).isEqualTo(Dns.FORMERR);
    String label = "a".repeat(60) + ".";
    byte[] tooLong = Packets.query(1, label.repeat(5), 1);
    assertThat(problem(tooLong)).isEqualTo(Dns.FORMERR);
  }

  @Test
  void tellsADotInALabelFromTwoLabels() {
    byte[] packet = Packets.query(1, "axb", 1);
    packet[14] = '.';
    Query query = Query.parse(packet, packet.length).orElseThrow();
    assertThat(query.labels()).isEqualTo(1);
    assertThat(query.name()).isNotEqualTo("a.b");
  }

  private static int problem(byte[] packet) {
    return Query.parse(packet, packet.length).orElseThrow().problem();
  }
}

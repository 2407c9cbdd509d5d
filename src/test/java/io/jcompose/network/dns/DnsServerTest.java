package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.Namespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DnsServerTest {
  private static final DnsView VIEW = DnsView.of(List.of("n1"), true);

  @TempDir Path folder;
  private TestNetwork host;
  private TestNetwork inside;
  private DnsSockets sockets;
  private DnsServer server;

  @BeforeEach
  void open() throws IOException {
    host = new TestNetwork();
    inside = new TestNetwork();
    sockets = DnsSockets.open(inside.fd());
    Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
    server = host.inside(() -> DnsServer.start(resolvConf));
    server.publish(
        Map.of(
            "n1",
            DnsZone.of("shop_default")
                .subnet(ip("10.7.0.0"), 16)
                .endpoint(
                    "shop-web-1", List.of("web", "www"), List.of(ip("10.7.0.2"), ip("fd00::2")))
                .endpoint("shop-db-1", List.of("db"), List.of(ip("10.7.0.3")))
                .build()));
  }

  @AfterEach
  void close() {
    server.close();
    sockets.close();
    inside.close();
    host.close();
  }

  @Test
  void answersWhatDigAsks() {
    server.attach("c", sockets, VIEW);
    assertThat(dig("web", "A")).isEqualTo("10.7.0.2");
    assertThat(dig("WWW", "A")).isEqualTo("10.7.0.2");
    assertThat(dig("web", "AAAA")).isEqualTo("fd00::2");
    assertThat(dig("db.shop_default", "A")).isEqualTo("10.7.0.3");
    assertThat(dig("-x", "10.7.0.3")).isEqualTo("shop-db-1.shop_default.");
    assertThat(dig("-x", "fd00::2")).isEqualTo("shop-web-1.shop_default.");
    assertThat(dig("+tcp", "web", "A")).isEqualTo("10.7.0.2");
  }

  @Test
  void digSeesWellFormedAnswersInTheCaseItAskedIn() {
    server.attach("c", sockets, VIEW);
    assertThat(digAll("WeB", "A"))
        .contains("status: NOERROR", "flags: qr aa rd ra;", "WeB.\t\t\t1\tIN\tA\t10.7.0.2")
        .contains("EDNS: version: 0")
        .doesNotContain("WARNING", "Warning", "malformed");
    assertThat(digAll("db", "AAAA")).contains("status: NOERROR", "ANSWER: 0");
    assertThat(digAll("nosuch", "A")).contains("status: NXDOMAIN");
    assertThat(digAll("+edns=1", "+noednsneg", "web", "A")).contains("status: BADVERS");
  }

  @Test
  void answersWhatWasAskedBeforeItWasAttached() throws IOException {
    try (Client client = new Client(inside, sockets)) {
      client.send(Packets.query(7, "db", 1));
      client.sendByTcp(Packets.query(8, "db", 1));
      server.attach("c", sockets, VIEW);
      assertThat(Packets.addresses(client.receive())).containsExactly("10.7.0.3");
      assertThat(Packets.addresses(client.receiveByTcp())).containsExactly("10.7.0.3");
    }
  }

  /** What the client of a container sees whose engine has died and come back. */
  @Test
  void leavesQueriesWaitingForTheNextServer() throws IOException {
    server.attach("c", sockets, VIEW);
    assertThat(dig("db", "A")).isEqualTo("10.7.0.3");
    server.close();
    try (Client client = new Client(inside, sockets);
        DnsSockets kept = DnsSockets.adopt(sockets.udp().duplicate(), sockets.tcp().duplicate());
        DnsServer next = host.inside(() -> DnsServer.start(folder.resolve("resolv.conf")))) {
      client.send(Packets.query(7, "db", 1));
      client.sendByTcp(Packets.query(8, "db", 1));
      assertThat(kept.udpPort()).isEqualTo(sockets.udpPort());
      next.publish(
          Map.of(
              "n1", DnsZone.of("n").endpoint("d", List.of("db"), List.of(ip("10.7.0.9"))).build()));
      next.attach("c", kept, VIEW);
      assertThat(Packets.addresses(client.receive())).containsExactly("10.7.0.9");
      assertThat(Packets.addresses(client.receiveByTcp())).containsExactly("10.7.0.9");
    }
  }

  /** The duplicate in the keeper goes on existing: only removal from the set ends the reports. */
  @Test
  void takesNoQueryOfADetachedContainer() throws IOException {
    server.attach("c", sockets, VIEW);
    server.detach("c");
    try (Client client = new Client(inside, sockets);
        DnsSockets others = DnsSockets.open(inside.fd())) {
      client.send(Packets.query(7, "db", 1));
      server.attach("other", others, VIEW);
      server.detach("other");
      // The loop has turned meanwhile, and the query still waits for whom it belongs to.
      assertThat(InetSocket.receive(sockets.udp(), new byte[512])).isGreaterThan(12);
    }
  }

  @Test
  void answersSeveralQuestionsOnOneConnection() throws IOException {
    server.attach("c", sockets, VIEW);
    try (Client client = new Client(inside, sockets)) {
      for (int i = 0; i < 200; i++) {
        client.sendByTcp(Packets.query(i, "db", 1));
      }
      client.endTcp();
      for (int i = 0; i < 200; i++) {
        byte[] answer = client.receiveByTcp();
        assertThat(Packets.id(answer)).isEqualTo(i);
        assertThat(Packets.addresses(answer)).containsExactly("10.7.0.3");
      }
      assertThat(client.tcpHasEnded()).isTrue();
    }
  }

  @Test
  void closesTheOldestOfTooManyConnections() throws IOException {
    server.attach("c", sockets, VIEW);
    try (Client first = new Client(inside, sockets)) {
      Client[] more = new Client[40];
      for (int i = 0; i < more.length; i++) {
        more[i] = new Client(inside, sockets);
      }
      assertThat(first.tcpHasEnded()).isTrue();
      assertThat(Packets.addresses(more[39].askByTcp(Packets.query(1, "db", 1))))
          .containsExactly("10.7.0.3");
      for (Client client : more) {
        client.close();
      }
    }
  }

  /** One that says nothing, and one that never ends what it began to say. */
  @Test
  void closesConnectionsThatGoNowhere() throws IOException {
    server.close();
    server = host.inside(() -> new DnsServer(folder.resolve("resolv.conf"), 300));
    server.attach("c", sockets, VIEW);
    try (Client silent = new Client(inside, sockets);
        Client half = new Client(inside, sockets)) {
      half.sendByTcp(Packets.query(1, "nosuch", 1), 20);
      assertThat(half.tcpHasEnded()).isTrue();
      assertThat(silent.tcpHasEnded()).isTrue();
    }
  }

  /** The questions arrive in one piece, and their answers are more than is kept unsent. */
  @Test
  void answersAllThatWasAskedInOneGo() throws IOException {
    server.publish(Map.of("n1", DnsZone.of("n").endpoint("a", List.of("big"), many()).build()));
    server.attach("c", sockets, VIEW);
    try (Client client = new Client(inside, sockets)) {
      client.sendManyByTcp(Packets.query(5, "big", 1), 50);
      for (int i = 0; i < 50; i++) {
        assertThat(Packets.records(client.receiveByTcp())).hasSize(4000);
      }
    }
  }

  @Test
  void keepsLittleForClientsThatNeverRead() throws IOException {
    server.publish(Map.of("n1", DnsZone.of("n").endpoint("a", List.of("big"), many()).build()));
    server.attach("c", sockets, VIEW);
    Client[] clients = new Client[30];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = new Client(inside, sockets);
      for (int query = 0; query < 200; query++) {
        clients[i].sendByTcp(Packets.query(query, "big", 1));
      }
    }
    // Each might have its own share and hold it; all together may not.
    int answered = 0;
    for (Client client : clients) {
      answered += client.tcpAnswers();
      client.close();
    }
    assertThat(answered).isBetween(200, 30 * 200 - 200);
    assertThat(dig("big", "AAAA")).isEmpty();
  }

  private static List<InetAddress> many() {
    return IntStream.range(0, 4000).mapToObj(i -> ip("10.7." + i / 250 + "." + i % 250)).toList();
  }

  @Test
  void opensSocketsBeforeLoopbackIsUp() {
    try (Fd network = Namespaces.newNetwork()) {
      // With an address of its own the namespace has routes, and then knows that 127.0.0.11 is not
      // there.
      for (String command :
          List.of(
              "ip link add name eth0 type veth peer name eth1",
              "ip address add 10.7.0.2/24 dev eth0",
              "ip link set eth0 up")) {
        int status =
            Namespaces.inNetwork(
                network, () -> new ProcessBuilder(command.split(" ")).start().waitFor());
        assertThat(status).as(command).isZero();
      }
      try (DnsSockets opened = DnsSockets.open(network)) {
        assertThat(opened.udpPort()).isPositive();
        assertThat(opened.tcpPort()).isPositive();
      }
    }
  }

  @Test
  void outlivesNoiseAndNeverAnswersAnswers() throws IOException {
    server.attach("c", sockets, VIEW);
    Random random = new Random(4);
    try (Client client = new Client(inside, sockets)) {
      for (int i = 0; i < 20_000; i++) {
        byte[] noise = new byte[random.nextInt(3000)];
        random.nextBytes(noise);
        if (noise.length > 2) {
          noise[2] |= (byte) 0x80;
        }
        client.send(noise);
      }
      // Its buffer was full: ask until heard. Nothing but an answer to this may ever come.
      assertThat(Packets.id(client.askUntilAnswered(Packets.query(9, "db", 1)))).isEqualTo(9);
      byte[] huge = new byte[65535];
      random.nextBytes(huge);
      client.sendByTcp(huge);
      assertThat(client.tcpHasEnded()).isTrue();
    }
    assertThat(dig("db", "A")).isEqualTo("10.7.0.3");
  }

  @Test
  void changesWhatAContainerSees() {
    server.attach("c", sockets, DnsView.of(List.of(), true));
    assertThat(dig("db", "A")).isEmpty();
    server.view("c", VIEW);
    assertThat(dig("db", "A")).isEqualTo("10.7.0.3");
    server.publish(Map.of());
    assertThat(dig("db", "A")).isEmpty();
  }

  @Test
  void holdsNoDescriptorAfterwards() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(holders()).isEqualTo(2);
      server.attach("c", sockets, VIEW);
      assertThatThrownBy(() -> server.attach("c", sockets, VIEW))
          .hasMessageContaining("already serves");
      assertThat(dig("+tcp", "db", "A")).isEqualTo("10.7.0.3");
      assertThat(holders()).isEqualTo(4);
      server.detach("c");
    }
    assertThat(holders()).isEqualTo(2);
    server.attach("c", sockets, VIEW);
    server.close();
    assertThat(holders()).isEqualTo(2);
  }

  /** How many descriptors of this process are the container's two sockets. */
  private long holders() throws IOException {
    List<String> own =
        List.of(
            target(Path.of("/proc/self/fd/" + sockets.udp().number())),
            target(Path.of("/proc/self/fd/" + sockets.tcp().number())));
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.map(DnsServerTest::target).filter(own::contains).count();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private String dig(String... arguments) {
    return run("+short", arguments);
  }

  private String digAll(String... arguments) {
    return run("+nocookie", arguments);
  }

  private String run(String option, String... arguments) {
    String port =
        String.valueOf(
            Arrays.asList(arguments).contains("+tcp") ? sockets.tcpPort() : sockets.udpPort());
    String[] dig = {"dig", "@127.0.0.11", "-p", port, "+tries=1", "+time=5", option};
    String[] command = Arrays.copyOf(dig, dig.length + arguments.length);
    System.arraycopy(arguments, 0, command, dig.length, arguments.length);
    return inside.run(command).strip();
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}

package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
                .endpoint("shop-web-1", List.of("web", "www"), List.of(ip("10.7.0.2"), ip("fd00::2")))
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
    try (DatagramSocket udp = udpClient();
        Socket tcp = inside.inside(() -> new Socket(DnsSockets.ADDRESS, sockets.tcpPort()))) {
      udp.send(packet(Packets.query(7, "db", 1)));
      send(tcp, Packets.query(8, "db", 1));
      server.attach("c", sockets, VIEW);
      assertThat(Packets.addresses(receive(udp))).containsExactly("10.7.0.3");
      assertThat(Packets.addresses(receive(tcp))).containsExactly("10.7.0.3");
    }
  }

  @Test
  void leavesQueriesWaitingWhileDetachedAndAnswersThemLater() throws IOException {
    server.attach("c", sockets, VIEW);
    assertThat(dig("db", "A")).isEqualTo("10.7.0.3");
    server.detach("c");
    try (DatagramSocket udp = udpClient()) {
      udp.send(packet(Packets.query(7, "db", 1)));
      udp.setSoTimeout(200);
      assertThatThrownBy(() -> receive(udp)).isInstanceOf(java.net.SocketTimeoutException.class);
      udp.setSoTimeout(5000);
      try (DnsServer next = host.inside(() -> DnsServer.start(folder.resolve("resolv.conf")))) {
        next.publish(
            Map.of(
                "n1",
                DnsZone.of("shop_default").endpoint("d", List.of("db"), List.of(ip("10.7.0.9"))).build()));
        next.attach("c", DnsSockets.adopt(sockets.udp().duplicate(), sockets.tcp().duplicate()), VIEW);
        assertThat(Packets.addresses(receive(udp))).containsExactly("10.7.0.9");
      }
    }
  }

  @Test
  void answersSeveralQuestionsOnOneConnection() throws IOException {
    server.attach("c", sockets, VIEW);
    try (Socket tcp = inside.inside(() -> new Socket(DnsSockets.ADDRESS, sockets.tcpPort()))) {
      for (int i = 0; i < 200; i++) {
        send(tcp, Packets.query(i, "db", 1));
      }
      tcp.shutdownOutput();
      for (int i = 0; i < 200; i++) {
        byte[] answer = receive(tcp);
        assertThat(Packets.id(answer)).isEqualTo(i);
        assertThat(Packets.addresses(answer)).containsExactly("10.7.0.3");
      }
      assertThat(tcp.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void closesTheOldestOfTooManyConnections() throws IOException {
    server.attach("c", sockets, VIEW);
    try (Socket first = inside.inside(() -> new Socket(DnsSockets.ADDRESS, sockets.tcpPort()))) {
      Socket[] more = new Socket[40];
      for (int i = 0; i < more.length; i++) {
        more[i] = inside.inside(() -> new Socket(DnsSockets.ADDRESS, sockets.tcpPort()));
      }
      assertThat(first.getInputStream().read()).isEqualTo(-1);
      send(more[39], Packets.query(1, "db", 1));
      assertThat(Packets.addresses(receive(more[39]))).containsExactly("10.7.0.3");
      for (Socket socket : more) {
        socket.close();
      }
    }
  }

  @Test
  void outlivesRandomPacketsAndNeverAnswersAnswers() throws IOException {
    server.attach("c", sockets, VIEW);
    java.util.Random random = new java.util.Random(4);
    try (DatagramSocket udp = udpClient()) {
      for (int i = 0; i < 20_000; i++) {
        byte[] noise = new byte[random.nextInt(3000)];
        random.nextBytes(noise);
        if (noise.length > 2) {
          noise[2] |= (byte) 0x80;
        }
        udp.send(packet(noise));
      }
      udp.send(packet(Packets.query(9, "db", 1)));
      // Its buffer was full of noise: ask until heard. Nothing but the answer to this may ever come.
      byte[] answer = null;
      udp.setSoTimeout(200);
      while (answer == null) {
        try {
          answer = receive(udp);
        } catch (java.net.SocketTimeoutException e) {
          udp.send(packet(Packets.query(9, "db", 1)));
        }
      }
      assertThat(Packets.id(answer)).isEqualTo(9);
    }
    try (Socket tcp = inside.inside(() -> new Socket(DnsSockets.ADDRESS, sockets.tcpPort()))) {
      byte[] huge = new byte[65535];
      random.nextBytes(huge);
      send(tcp, huge);
      assertThat(endOf(tcp)).isTrue();
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
    long before = descriptors();
    for (int i = 0; i < 3; i++) {
      server.attach("c", sockets, VIEW);
      assertThatThrownBy(() -> server.attach("c", sockets, VIEW)).hasMessageContaining("already serves");
      assertThat(dig("+tcp", "db", "A")).isEqualTo("10.7.0.3");
      server.detach("c");
    }
    assertThat(descriptors()).isEqualTo(before);
  }

  private static boolean endOf(Socket tcp) {
    try {
      return tcp.getInputStream().read() == -1;
    } catch (IOException e) {
      return true;
    }
  }

  private static long descriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.map(DnsServerTest::target).filter(t -> t.contains("socket") || t.contains("net:")).count();
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
    String port = String.valueOf(
        Arrays.asList(arguments).contains("+tcp") ? sockets.tcpPort() : sockets.udpPort());
    String[] dig = {"dig", "@127.0.0.11", "-p", port, "+tries=1", "+time=5", option};
    String[] command = Arrays.copyOf(dig, dig.length + arguments.length);
    System.arraycopy(arguments, 0, command, dig.length, arguments.length);
    return inside.run(command).strip();
  }

  private DatagramSocket udpClient() {
    return inside.inside(
        () -> {
          DatagramSocket socket = new DatagramSocket();
          socket.connect(new InetSocketAddress(DnsSockets.ADDRESS, sockets.udpPort()));
          socket.setSoTimeout(5000);
          return socket;
        });
  }

  private static DatagramPacket packet(byte[] data) {
    return new DatagramPacket(data, data.length);
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static void send(Socket socket, byte[] query) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] message = new byte[2 + query.length];
    Dns.u16(message, 0, query.length);
    System.arraycopy(query, 0, message, 2, query.length);
    try {
      out.write(message);
    } catch (IOException e) {
      // The server may close in the middle of what it will not take; what it says then is asked next.
      assertThat(query.length).isGreaterThan(4096);
    }
  }

  private static byte[] receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    return answer;
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}

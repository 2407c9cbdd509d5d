package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a container may send to its name server to bring it, and with it all others' names, down. */
@Timeout(60)
class DnsFuzzTest {
  private static final int PACKETS = 100_000;
  private static final int LARGEST = 65_535;
  private final Random random = new Random(27);
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
    // Nobody listens there: what is asked for outside fails at once.
    Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
    server = host.inside(() -> DnsServer.start(resolvConf));
    server.publish(
        Map.of(
            "n1",
            DnsZone.of("shop_default")
                .endpoint("shop-db-1", List.of("db"), List.of(InetAddress.ofLiteral("10.7.0.3")))
                .build()));
    server.attach("c", sockets, DnsView.of(List.of("n1"), true));
  }

  @AfterEach
  void close() {
    server.close();
    sockets.close();
    inside.close();
    host.close();
  }

  @Test
  @DisplayName("NET-13 100,000 packets of noise, damaged queries and compression loops")
  void packets() throws IOException {
    try (DatagramSocket flood = inside.inside(DatagramSocket::new)) {
      flood.connect(new InetSocketAddress(DnsSockets.ADDRESS, sockets.udpPort()));
      for (int i = 0; i < PACKETS; i++) {
        byte[] packet =
            switch (i % 3) {
              case 0 -> noise();
              case 1 -> damaged(Packets.query(i & 0xffff, "db.shop_default", 1 + random.nextInt(255), 4096));
              default -> loop(i);
            };
        flood.send(new DatagramPacket(packet, packet.length));
      }
    }
    assertStillAnswers();
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(random.nextInt(10) == 0 ? 4000 : 80)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] damaged(byte[] query) {
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      query[random.nextInt(query.length)] = (byte) random.nextInt();
    }
    return java.util.Arrays.copyOf(query, random.nextInt(query.length + 1));
  }

  /** A question, or a record behind it, whose name is a pointer to itself, to the next one, or to nowhere. */
  private byte[] loop(int id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean inRecord = random.nextBoolean();
    out.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (inRecord ? 1 : 0)});
    if (inRecord) {
      out.writeBytes(new byte[] {2, 'd', 'b', 0, 0, 1, 0, 1});
    }
    int here = out.size();
    int to = new int[] {here, here + 2, 0, 0x3fff, 12}[random.nextInt(5)];
    out.writeBytes(new byte[] {(byte) (0xc0 | to >> 8), (byte) to, (byte) (0xc0 | here >> 8), (byte) here});
    out.writeBytes(new byte[] {0, 41, 16, 0, 0, 0, 0, 0, 0, 0});
    return out.toByteArray();
  }

  @Test
  @DisplayName("NET-13 64 KiB over TCP: noise, a query with a tail, and lengths that promise more")
  void largeMessages() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Client client = new Client(inside, sockets)) {
        byte[] message = new byte[LARGEST];
        random.nextBytes(message);
        if (i % 2 == 0) {
          byte[] query = Packets.query(7, "db", 1);
          System.arraycopy(query, 0, message, 0, query.length);
        }
        client.sendByTcp(message, i % 4 == 3 ? LARGEST / 2 : LARGEST);
      }
    }
    try (Client client = new Client(inside, sockets)) {
      assertThat(Packets.addresses(client.askByTcp(Packets.query(8, "db", 1)))).containsExactly("10.7.0.3");
    }
    assertStillAnswers();
  }

  /** The flood may have filled the socket's buffer: asks until it is heard. */
  private void assertStillAnswers() throws IOException {
    try (DatagramSocket client = inside.inside(DatagramSocket::new)) {
      client.connect(new InetSocketAddress(DnsSockets.ADDRESS, sockets.udpPort()));
      client.setSoTimeout(200);
      byte[] query = Packets.query(9, "db", 1);
      DatagramPacket answer = new DatagramPacket(new byte[512], 512);
      while (true) {
        client.send(new DatagramPacket(query, query.length));
        try {
          client.receive(answer);
          break;
        } catch (SocketTimeoutException e) {
          // Once more; the test has its own time limit.
        }
      }
      byte[] said = java.util.Arrays.copyOf(answer.getData(), answer.getLength());
      assertThat(Packets.id(said)).isEqualTo(9);
      assertThat(Packets.addresses(said)).containsExactly("10.7.0.3");
    }
  }
}

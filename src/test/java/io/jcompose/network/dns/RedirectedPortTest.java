package io.jcompose.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server as programs in a container reach it: at port 53 of 127.0.0.11, which stays the
 * image's.
 */
@Timeout(30)
class RedirectedPortTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("10.7.0.2");

  @TempDir Path folder;

  @Test
  void answersAtPort53BesideAnImageThatListensThereItself() throws Exception {
    Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
    try (TestNetwork inside = new TestNetwork();
        DatagramSocket images = inside.inside(() -> new DatagramSocket(53));
        DnsSockets sockets = DnsSockets.open(inside.fd());
        DnsServer server = DnsServer.start(resolvConf)) {
      inside.run("nft", redirect(sockets));
      server.publish(
          Map.of(
              "n", DnsZone.of("n_default").endpoint("web", List.of(), List.of(ADDRESS)).build()));
      server.attach("c", sockets, DnsView.of(List.of("n"), false));
      assertThat(inside.run("dig", "@127.0.0.11", "+short", "web")).isEqualTo("10.7.0.2\n");
      assertThat(inside.run("dig", "@127.0.0.11", "+tcp", "+short", "web")).isEqualTo("10.7.0.2\n");
      assertThat(
              inside.run("dig", "@127.0.0.11", "+short", "+subnet=192.0.2.0/24", "+dnssec", "web"))
          .isEqualTo("10.7.0.2\n");
      images.setSoTimeout(5000);
      byte[] query = Packets.query(1, "web", 1);
      try (DatagramSocket client = inside.inside(() -> new DatagramSocket())) {
        client.send(
            new DatagramPacket(query, query.length, InetAddress.ofLiteral("127.0.0.1"), 53));
        images.receive(new DatagramPacket(new byte[512], 512));
      }
    }
  }

  private static String redirect(DnsSockets sockets) {
    return """
    add table ip dns; \
    add chain ip dns out { type nat hook output priority -100; }; \
    add rule ip dns out ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:%d; \
    add rule ip dns out ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:%d\
    """
        .formatted(sockets.udpPort(), sockets.tcpPort());
  }
}

package io.jcompose.network.dns;

import io.jcompose.linux.DatagramBatch;
import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.Namespaces;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How many queries for a service's name are answered in a second, and how fast, in a namespace of
 * its own; beside a bare echo of the same packets by the same kind of loop, which is what the
 * machine allows. As root: {@code java -cp <classes and dependencies>
 * src/bench/java/io/jcompose/network/dns/DnsBench.java [seconds]}.
 */
public final class DnsBench {
  private static final int SERVICES = 50;
  private static final int ROUNDS = 3;
  private static final int SLOTS = 64;

  private DnsBench() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    try (Fd network = Namespaces.newNetwork()) {
      Namespaces.inNetwork(
          network, () -> new ProcessBuilder("ip", "link", "set", "lo", "up").start().waitFor());
      try (DnsServer server = DnsServer.start(Path.of("/etc/resolv.conf"));
          DnsSockets sockets = DnsSockets.open(network);
          DnsSockets echoSockets = DnsSockets.open(network)) {
        redirect(network, sockets.udpPort());
        server.publish(Map.of("n", zone()));
        server.attach("bench", sockets, DnsView.of(List.of("n"), true));
        Thread.ofPlatform().daemon().start(() -> echo(echoSockets.udp()));
        System.out.println("what       in flight        q/s   p50 us   p99 us   max us  lost");
        for (int round = 0; round <= ROUNDS; round++) {
          for (int window : new int[] {1, 64}) {
            // The first round warms up.
            long nanos = (round == 0 ? 2 : seconds) * 1_000_000_000L;
            Result dns = load(network, sockets.udpPort(), window, nanos);
            Result redirected = load(network, 53, window, nanos);
            Result echo = load(network, echoSockets.udpPort(), window, nanos);
            if (round > 0) {
              dns.print("dns", window);
              redirected.print("dns at :53", window);
              echo.print("bare echo", window);
              System.out.printf(
                  "%-10s %9d %9.0f %%%n", "ratio", window, 100.0 * dns.rate / echo.rate);
            }
          }
        }
      }
    }
  }

  /** As in a container: port 53 of 127.0.0.11 is rewritten to the server's own. */
  private static void redirect(Fd network, int port) {
    String rules =
        "add table ip dns; add chain ip dns out { type nat hook output priority -100; };"
            + " add rule ip dns out ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:"
            + port;
    int status =
        Namespaces.inNetwork(network, () -> new ProcessBuilder("nft", rules).start().waitFor());
    if (status != 0) {
      throw new IllegalStateException("nft: " + status);
    }
  }

  private static DnsZone zone() {
    DnsZone.Builder zone = DnsZone.of("bench_default");
    for (int i = 0; i < SERVICES; i++) {
      zone.endpoint(
          "bench-s" + i + "-1",
          List.of("s" + i),
          List.of(InetAddress.ofLiteral("10.0.0." + (i + 2))));
    }
    return zone.build();
  }

  private static void echo(Fd udp) {
    DatagramBatch batch = new DatagramBatch(32, 2048, 4096);
    byte[] buffer = new byte[2048];
    try (Epoll epoll = new Epoll()) {
      epoll.add(udp, Epoll.IN, 1);
      while (udp.isOpen()) {
        epoll.await(-1);
        int count = batch.receive(udp);
        for (int i = 0; i < count; i++) {
          batch.copy(i, buffer);
          batch.reply(i, buffer, batch.length(i));
        }
        batch.flush(udp);
      }
    }
  }

  private record Result(double rate, double p50, double p99, double max, int lost) {
    void print(String what, int window) {
      System.out.printf(
          "%-10s %9d %10.0f %8.1f %8.1f %8.1f %5d%n", what, window, rate, p50, p99, max, lost);
    }
  }

  /** Keeps {@code window} queries under way: each answer is followed by the next query. */
  private static Result load(Fd network, int port, int window, long nanos) {
    DatagramBatch batch = new DatagramBatch(SLOTS, 2048, 512);
    byte[] answer = new byte[2048];
    byte[][] queries = new byte[SERVICES][];
    Arrays.setAll(queries, i -> query("s" + i));
    long[] sent = new long[0x10000];
    long[] latencies = new long[4_000_000];
    int received = 0;
    int lost = 0;
    int id = 0;
    try (Epoll epoll = new Epoll();
        Fd client = Namespaces.inNetwork(network, () -> connected(port))) {
      epoll.add(client, Epoll.IN, 1);
      long begin = System.nanoTime();
      long end = begin + nanos;
      int missing = window;
      while (System.nanoTime() < end) {
        for (; missing > 0; missing--) {
          id = id + 1 & 0xffff;
          byte[] query = queries[id % SERVICES];
          Id.put(query, id);
          sent[id] = System.nanoTime();
          InetSocket.send(client, query);
        }
        if (epoll.await(1000) == 0) {
          lost += window;
          missing = window;
          continue;
        }
        int count = batch.receive(client);
        long now = System.nanoTime();
        for (int i = 0; i < count; i++) {
          batch.copy(i, answer);
          if (received < latencies.length) {
            latencies[received++] = now - sent[Id.get(answer)];
          }
          id = id + 1 & 0xffff;
          byte[] query = queries[id % SERVICES];
          Id.put(query, id);
          sent[id] = now;
          batch.reply(i, query, query.length);
        }
        batch.flush(client);
      }
      double rate = received * 1e9 / (System.nanoTime() - begin);
      long[] sorted = Arrays.copyOf(latencies, received);
      Arrays.sort(sorted);
      return new Result(
          rate,
          sorted[received / 2] / 1e3,
          sorted[(int) (received * 0.99)] / 1e3,
          sorted[received - 1] / 1e3,
          lost);
    }
  }

  private static Fd connected(int port) {
    Fd fd = InetSocket.datagram(DnsSockets.ADDRESS);
    InetSocket.connect(fd, new InetSocketAddress(DnsSockets.ADDRESS, port));
    return fd;
  }

  private static byte[] query(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte) name.length()});
    out.writeBytes(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    out.writeBytes(new byte[] {0, 0, 1, 0, 1});
    return out.toByteArray();
  }

  /** The id of a message, its first two bytes. */
  private static final class Id {
    static void put(byte[] packet, int id) {
      packet[0] = (byte) (id >> 8);
      packet[1] = (byte) id;
    }

    static int get(byte[] packet) {
      return (packet[0] & 0xff) << 8 | packet[1] & 0xff;
    }
  }
}

package io.jcompose.network;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a published port costs: throughput, new connections and round trips, from a neighbour on the host's wire and
 * from the host itself, beside a direct connection to a server on the host. As root, each machine a network namespace
 * of its own: {@code java -cp <classes and dependencies> src/bench/java/io/jcompose/network/PortsBench.java [rounds]}.
 */
public final class PortsBench {
  private static final String HOST = "192.0.2.1";
  private static final int PORT = 8080;
  private static final int DIRECT = 9;
  private static final long BYTES = 512L << 20;
  private static final int CONNECTIONS = 2000;
  private static final int TRIPS = 5000;
  private static final int STREAM = 'S';
  private static final int TRIP = 'T';
  private static final int NOTHING = 'N';

  private PortsBench() {}

  private record Way(String name, Fd from, String address, int port) {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    warmUp();
    Path directory = Files.createTempDirectory("ports-bench");
    try (Fd host = machine();
        Fd neighbour = machine();
        Fd container = machine();
        Networks networks = Networks.open(directory, new Mark("bbbbbb"), Optional.of(host))) {
      wire(host, neighbour);
      Network network = networks.ensure(NetworkConfig.of("n", "bench"));
      Endpoint endpoint =
          networks.endpoints().connect(container, List.of(networks.endpoints().lease(EndpointConfig.of("n", "web")))).getFirst();
      serve(container, 80);
      serve(host, DIRECT);
      List<PortReservation> reserved = networks.ports().reserve("bench", List.of(PortSpec.tcp(PORT, 80)));
      networks.ports().publish(reserved, network, endpoint);
      List<Way> ways =
          List.of(
              new Way("direct", neighbour, HOST, DIRECT),
              new Way("published", neighbour, HOST, PORT),
              new Way("direct-local", host, "127.0.0.1", DIRECT),
              new Way("published-local", host, "127.0.0.1", PORT),
              new Way("proxied-local", host, "::1", PORT));
      System.out.println("way              MB/s   connections/s   round trip us (p50)");
      // The first round warms up.
      for (int round = 0; round <= rounds; round++) {
        for (Way way : ways) {
          double rate = BYTES / 1e6 / stream(way);
          double connections = CONNECTIONS / connect(way);
          double trip = trip(way);
          if (round > 0) {
            System.out.printf("%-15s %6.0f %15.0f %21.1f%n", way.name(), rate, connections, trip);
          }
        }
      }
      reserved.forEach(networks.ports()::release);
      networks.endpoints().release(endpoint);
      networks.remove("n");
    }
    System.exit(0);
  }

  /** The JDK's first socket keeps another that it makes for itself: not in a machine of the bench. */
  private static void warmUp() throws IOException {
    try (ServerSocket server = new ServerSocket(0);
        Socket client = new Socket("127.0.0.1", server.getLocalPort())) {
      client.getOutputStream();
    }
  }

  private static Fd machine() throws Exception {
    Fd machine = Namespaces.newNetwork();
    inside(machine, "ip", "link", "set", "lo", "up");
    return machine;
  }

  private static void inside(Fd machine, String... command) throws Exception {
    List<String> entered =
        new ArrayList<>(List.of("nsenter", "--net=" + path(machine)));
    entered.addAll(List.of(command));
    if (new ProcessBuilder(entered).inheritIO().start().waitFor() != 0) {
      throw new IOException("failed: " + entered);
    }
  }

  private static String path(Fd machine) {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + machine.number();
  }

  private static void wire(Fd host, Fd neighbour) throws Exception {
    inside(host, "ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", path(neighbour));
    inside(host, "ip", "addr", "add", HOST + "/24", "dev", "wire");
    inside(host, "ip", "link", "set", "wire", "up");
    inside(neighbour, "ip", "addr", "add", "192.0.2.2/24", "dev", "wire");
    inside(neighbour, "ip", "link", "set", "wire", "up");
  }

  /** A server that does what the first byte of a connection says. */
  private static void serve(Fd machine, int port) {
    ServerSocket server = Namespaces.inNetwork(machine, () -> new ServerSocket(port, 4096));
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                try (Socket client = server.accept()) {
                  answer(client);
                } catch (IOException e) {
                  System.err.println("server: " + e);
                }
              }
            });
  }

  private static void answer(Socket client) throws IOException {
    client.setTcpNoDelay(true);
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    int what = in.read();
    if (what == STREAM) {
      byte[] block = new byte[1 << 17];
      for (long sent = 0; sent < BYTES; sent += block.length) {
        out.write(block);
      }
    } else if (what == TRIP) {
      for (int next = in.read(); next >= 0; next = in.read()) {
        out.write(next);
      }
    } else {
      out.write(NOTHING);
    }
  }

  private static Socket open(Way way) throws IOException {
    Socket socket =
        Namespaces.inNetwork(
            way.from(),
            () -> {
              Socket made = new Socket();
              made.connect(new InetSocketAddress(way.address(), way.port()));
              return made;
            });
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Seconds that a stream of {@link #BYTES} takes. */
  private static double stream(Way way) throws IOException {
    long begin = System.nanoTime();
    try (Socket socket = open(way)) {
      socket.getOutputStream().write(STREAM);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] block = new byte[1 << 17];
      for (long got = 0; got < BYTES; got += block.length) {
        in.readFully(block);
      }
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Seconds that {@link #CONNECTIONS} one after another take: made, used for a byte each way, ended. */
  private static double connect(Way way) {
    return Namespaces.inNetwork(
        way.from(),
        () -> {
          InetSocketAddress to = new InetSocketAddress(way.address(), way.port());
          long begin = System.nanoTime();
          for (int i = 0; i < CONNECTIONS; i++) {
            try (Socket socket = new Socket()) {
              socket.connect(to);
              socket.getOutputStream().write(NOTHING);
              socket.getInputStream().read();
            }
          }
          return (System.nanoTime() - begin) / 1e9;
        });
  }

  /** Microseconds of a byte's way there and back, the median. */
  private static double trip(Way way) throws IOException {
    long[] nanos = new long[TRIPS];
    try (Socket socket = open(way)) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      out.write(TRIP);
      for (int i = 0; i < TRIPS; i++) {
        long begin = System.nanoTime();
        out.write(1);
        in.read();
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return nanos[TRIPS / 2] / 1e3;
  }
}

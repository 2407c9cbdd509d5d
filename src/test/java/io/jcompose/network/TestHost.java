package io.jcompose.network;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network namespace that plays a machine: the host, a container, a neighbour on the host's wire.
 */
public final class TestHost implements AutoCloseable {
  static {
    // The JDK's first socket makes one more that it keeps for ever: not in a namespace of a test.
    try (SocketChannel channel = SocketChannel.open();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(null);
      channel.connect(server.getLocalAddress());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private final Fd namespace = Namespaces.newNetwork();
  private final List<Channel> servers = new CopyOnWriteArrayList<>();

  public TestHost() {
    run("ip", "link", "set", "lo", "up");
    // A new namespace begins with the settings of the first one.
    sysctl("ipv4/ip_forward", "0");
  }

  public Fd fd() {
    return namespace;
  }

  public <T> T call(Callable<T> work) {
    return Namespaces.inNetwork(namespace, work);
  }

  /** Runs a program in the namespace and returns what it printed; fails when it fails. */
  public String run(String... command) {
    Result result = tryRun(command);
    if (result.exit() != 0) {
      throw new AssertionError(List.of(command) + " failed: " + result.output());
    }
    return result.output();
  }

  public record Result(int exit, String output) {}

  public Result tryRun(String... command) {
    // Not on a thread of the namespace: the JDK's reaper thread would be started there, and keep it
    // alive.
    List<String> entered = new ArrayList<>(List.of("nsenter", "--net=" + path()));
    entered.addAll(List.of(command));
    try {
      Process process = new ProcessBuilder(entered).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String path() {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.number();
  }

  /** Connects the two by a wire of their own, each end with an address such as 10.9.0.1/24. */
  public static void wire(TestHost a, String addressA, TestHost b, String addressB) {
    a.run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", b.path());
    a.run("ip", "addr", "add", addressA, "dev", "wire");
    a.run("ip", "link", "set", "wire", "up");
    b.run("ip", "addr", "add", addressB, "dev", "wire");
    b.run("ip", "link", "set", "wire", "up");
  }

  public void sysctl(String path, String value) {
    call(
        () -> {
          Sysctl.write(path, value);
          return true;
        });
  }

  /**
   * A server that tells each client the address that it sees it come from, after {@code greeting}.
   */
  public void serve(String address, int port, String greeting) {
    ServerSocketChannel server =
        call(
            () -> {
              ServerSocketChannel channel =
                  ServerSocketChannel.open(
                      address.contains(":")
                          ? StandardProtocolFamily.INET6
                          : StandardProtocolFamily.INET);
              channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
              return channel.bind(new InetSocketAddress(address, port));
            });
    servers.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              while (server.isOpen()) {
                try (SocketChannel client = server.accept()) {
                  String from =
                      ((InetSocketAddress) client.getRemoteAddress()).getAddress().getHostAddress();
                  client.write(StandardCharsets.UTF_8.encode(greeting + " " + from + "\n"));
                } catch (IOException e) {
                  // The test has ended, or the client has gone.
                }
              }
            });
  }

  /** A UDP server that answers every datagram with {@code answer}. */
  public void serveUdp(int port, String answer) {
    DatagramChannel server =
        call(
            () ->
                DatagramChannel.open(StandardProtocolFamily.INET)
                    .bind(new InetSocketAddress("0.0.0.0", port)));
    servers.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              ByteBuffer buffer = ByteBuffer.allocate(100);
              while (server.isOpen()) {
                try {
                  SocketAddress from = server.receive(buffer.clear());
                  server.send(StandardCharsets.UTF_8.encode(answer), from);
                } catch (IOException e) {
                  // The test has ended.
                }
              }
            });
  }

  /** A UDP client: one socket, so that all it asks comes from one port. */
  public DatagramChannel udpClient(String address, int port) {
    return call(
        () ->
            DatagramChannel.open(
                    address.contains(":")
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET)
                .connect(new InetSocketAddress(address, port)));
  }

  /** What the server of {@code client} answers; "timeout", "refused". */
  public static String askUdp(DatagramChannel client, int millis) {
    try {
      client.write(StandardCharsets.UTF_8.encode("?"));
      client.socket().setSoTimeout(millis);
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      client.socket().receive(packet);
      return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    } catch (java.net.SocketTimeoutException e) {
      return "timeout";
    } catch (java.net.PortUnreachableException e) {
      return "refused";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * What a server at {@code address}:{@code port} says; "refused", or "timeout" after {@code
   * millis}.
   */
  public String ask(String address, int port, int millis) {
    try (SocketChannel channel =
        call(
            () ->
                SocketChannel.open(
                    address.contains(":")
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET))) {
      channel.socket().connect(new InetSocketAddress(address, port), millis);
      channel.socket().setSoTimeout(millis);
      byte[] said = channel.socket().getInputStream().readAllBytes();
      return new String(said, StandardCharsets.UTF_8).strip();
    } catch (java.net.SocketTimeoutException e) {
      return "timeout";
    } catch (java.net.ConnectException | java.net.NoRouteToHostException e) {
      return "refused";
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("unreachable") ? "refused" : e.toString();
    }
  }

  @Override
  public void close() {
    for (Channel server : servers) {
      try {
        server.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    namespace.close();
  }
}

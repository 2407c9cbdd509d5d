package io.jcompose.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.network.TestHost;
import io.jcompose.network.ipam.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortProxyTest {
  private static final InetAddress LOCAL = Cidr.parseAddress("127.0.0.1");
  private static final int ANSWER = 16 << 10;
  private final TestHost host = new TestHost();
  private final PortProxy proxy =
      new PortProxy(
          work -> Thread.ofPlatform().daemon().unstarted(() -> host.call(() -> run(work))));

  private static boolean run(Runnable work) {
    work.run();
    return true;
  }

  @AfterEach
  void close() {
    proxy.close();
    host.close();
  }

  private Fd listening() {
    return host.call(
        () -> {
          Fd fd = InetSocket.stream(LOCAL);
          InetSocket.bind(fd, new InetSocketAddress(LOCAL, 0));
          InetSocket.listen(fd, 16);
          return fd;
        });
  }

  private SocketChannel connect(InetSocketAddress address) throws IOException {
    SocketChannel channel =
        host.call(() -> SocketChannel.open(java.net.StandardProtocolFamily.INET));
    channel.connect(address);
    return channel;
  }

  /** A server that answers with the beginning of what it got, but only after the client has ended its half. */
  private InetSocketAddress echoAfterEnd() throws IOException {
    ServerSocketChannel server =
        host.call(() -> ServerSocketChannel.open(java.net.StandardProtocolFamily.INET));
    server.bind(new InetSocketAddress(LOCAL, 0));
    Thread.ofVirtual()
        .start(
            () -> {
              try (server;
                  SocketChannel client = server.accept()) {
                byte[] all = client.socket().getInputStream().readAllBytes();
                client.socket().getOutputStream().write(all, 0, Math.min(all.length, ANSWER));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    return (InetSocketAddress) server.getLocalAddress();
  }

  @Test
  void aHalfThatIsClosedAfterManyBytesStaysHalf() throws Exception {
    byte[] data = new byte[8 << 20];
    new Random(1).nextBytes(data);
    try (Fd listener = listening();
        AutoCloseable forwarding = proxy.tcp(listener, echoAfterEnd());
        SocketChannel client = connect(InetSocket.localAddress(listener))) {
      assertThat(forwarding).isNotNull();
      client.write(ByteBuffer.wrap(data));
      client.shutdownOutput();
      byte[] answer = client.socket().getInputStream().readAllBytes();
      assertThat(Arrays.equals(answer, Arrays.copyOf(data, ANSWER))).isTrue();
    }
  }

  @Test
  void aServerThatSaysMuchAndGoesIsHeardToTheEnd() throws Exception {
    byte[] data = new byte[4 << 20];
    new Random(2).nextBytes(data);
    try (ServerSocketChannel server =
            host.call(() -> ServerSocketChannel.open(java.net.StandardProtocolFamily.INET));
        Fd listener = listening();
        AutoCloseable forwarding =
            proxy.tcp(listener, (InetSocketAddress) server.bind(new InetSocketAddress(LOCAL, 0)).getLocalAddress())) {
      assertThat(forwarding).isNotNull();
      List<LogRecord> warnings = new CopyOnWriteArrayList<>();
      Handler handler = new Warnings(warnings);
      java.util.logging.Logger netty = java.util.logging.Logger.getLogger("io.netty");
      netty.addHandler(handler);
      for (int i = 0; i < 60; i++) {
        try (SocketChannel client = connect(InetSocket.localAddress(listener))) {
          SocketChannel said = server.accept();
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (said) {
                      said.socket().getOutputStream().write(data);
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
          assertThat(client.socket().getInputStream().readAllBytes()).hasSize(data.length);
        }
      }
      netty.removeHandler(handler);
      assertThat(warnings).extracting(LogRecord::getMessage).isEmpty();
    }
  }

  private static final class Warnings extends Handler {
    private final List<LogRecord> kept;

    Warnings(List<LogRecord> kept) {
      this.kept = kept;
    }

    @Override
    public void publish(LogRecord record) {
      kept.add(record);
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void closingTheForwardingLeavesTheSocketListening() throws Exception {
    try (Fd listener = listening()) {
      proxy.tcp(listener, new InetSocketAddress(LOCAL, 1)).close();
      InetSocketAddress echo = echoAfterEnd();
      try (SocketChannel waiting = connect(InetSocket.localAddress(listener));
          AutoCloseable forwarding = proxy.tcp(listener, echo)) {
        assertThat(forwarding).isNotNull();
        waiting.write(StandardCharsets.UTF_8.encode("hello"));
        waiting.shutdownOutput();
        assertThat(waiting.socket().getInputStream().readAllBytes()).asString().isEqualTo("hello");
      }
    }
  }

  @Test
  void datagramsFindTheirWayBackToEachClient() throws Exception {
    DatagramChannel server =
        host.call(() -> DatagramChannel.open(java.net.StandardProtocolFamily.INET));
    server.bind(new InetSocketAddress(LOCAL, 0));
    Thread.ofVirtual().start(() -> echo(server));
    Fd socket =
        host.call(
            () -> {
              Fd fd = InetSocket.datagram(LOCAL);
              InetSocket.bind(fd, new InetSocketAddress(LOCAL, 0));
              return fd;
            });
    try (server;
        socket;
        AutoCloseable forwarding =
            proxy.udp(socket, (InetSocketAddress) server.getLocalAddress())) {
      assertThat(forwarding).isNotNull();
      InetSocketAddress port = InetSocket.localAddress(socket);
      try (DatagramChannel a = client(port);
          DatagramChannel b = client(port)) {
        a.write(StandardCharsets.UTF_8.encode("a"));
        b.write(StandardCharsets.UTF_8.encode("b"));
        assertThat(read(b)).isEqualTo("b");
        assertThat(read(a)).isEqualTo("a");
      }
    }
  }

  private DatagramChannel client(InetSocketAddress port) throws IOException {
    return host.call(() -> DatagramChannel.open(java.net.StandardProtocolFamily.INET))
        .connect(port);
  }

  private static String read(DatagramChannel channel) throws IOException {
    channel.socket().setSoTimeout(5000);
    java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[10], 10);
    channel.socket().receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  private static void echo(DatagramChannel server) {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    while (server.isOpen()) {
      try {
        var from = server.receive(buffer.clear());
        server.send(buffer.flip(), from);
      } catch (IOException e) {
        // The test has closed the server.
      }
    }
  }
}

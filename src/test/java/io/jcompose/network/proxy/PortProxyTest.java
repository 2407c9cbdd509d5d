package io.jcompose.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.network.TestHost;
import io.jcompose.network.ipam.Cidr;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PortProxyTest {
  private static final InetAddress LOCAL = Cidr.parseAddress("127.0.0.1");
  private static final int ANSWER = 16 << 10;
  private static final long MUCH = 512 << 20;

  /** Where all that is not looked at goes. */
  private static final byte[] NOWHERE = new byte[256 << 10];
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
          InetSocket.listen(fd, 1024);
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

  /** Takes what comes and counts it. */
  private ServerSocketChannel sink(AtomicLong taken) throws IOException {
    ServerSocketChannel server = host.call(() -> ServerSocketChannel.open(java.net.StandardProtocolFamily.INET));
    server.bind(new InetSocketAddress(LOCAL, 0), 1024);
    Thread.ofVirtual().start(() -> accept(server, taken));
    return server;
  }

  private static void accept(ServerSocketChannel server, AtomicLong taken) {
    try {
      while (true) {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> drain(client, taken));
      }
    } catch (IOException e) {
      // The test has closed the server.
    }
  }

  private static void drain(SocketChannel client, AtomicLong taken) {
    ByteBuffer buffer = ByteBuffer.wrap(NOWHERE);
    try (client) {
      for (int count = 0; count >= 0; count = client.read(buffer.clear())) {
        taken.addAndGet(count);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** How long the sink takes to get as many bytes by these connections, in nanoseconds. */
  private static long send(List<SocketChannel> by, long bytes, AtomicLong taken) {
    long before = taken.get();
    long begun = System.nanoTime();
    for (SocketChannel channel : by) {
      Thread.ofVirtual().start(() -> fill(channel, bytes / by.size()));
    }
    long sent = bytes / by.size() * by.size();
    await("all has come").atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1)).until(() -> taken.get() == before + sent);
    return System.nanoTime() - begun;
  }

  private static void fill(SocketChannel channel, long bytes) {
    ByteBuffer block = ByteBuffer.allocate((int) Math.min(bytes, 64 << 10));
    try {
      for (long left = bytes; left > 0; ) {
        left -= channel.write(block.clear().limit((int) Math.min(left, block.capacity())));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long memory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum()
        + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  /**
   * Two gigabits a second, or a tenth of what the machine does just then without it, in the best of some rounds: the
   * tests share theirs with others.
   */
  @Test
  @Tag("S-10")
  void oneConnectionAndAThousandAreForwardedFast() throws Exception {
    AtomicLong taken = new AtomicLong();
    try (ServerSocketChannel sink = sink(taken);
        Fd listener = listening();
        AutoCloseable forwarding = proxy.tcp(listener, (InetSocketAddress) sink.getLocalAddress());
        SocketChannel direct = connect((InetSocketAddress) sink.getLocalAddress());
        Clients one = new Clients(InetSocket.localAddress(listener), 1);
        Clients thousand = new Clients(InetSocket.localAddress(listener), 1000)) {
      assertThat(forwarding).isNotNull();
      send(one.channels, MUCH, taken); // compiles what is often run
      double enough = Math.min(2, gigabits(send(List.of(direct), MUCH, taken)) / 10);
      assertThat(gigabits(best(one.channels, taken, enough))).as("by one").isGreaterThan(enough);
      assertThat(gigabits(best(thousand.channels, taken, enough))).as("by a thousand").isGreaterThan(enough);
    }
  }

  /** Of five rounds, or as many as it takes until one is fast enough. */
  private static long best(List<SocketChannel> by, AtomicLong taken, double enough) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 5 && !(gigabits(best) > enough); round++) {
      best = Math.min(best, send(by, MUCH, taken));
    }
    return best;
  }

  private static double gigabits(long nanos) {
    return MUCH * 8.0 / nanos;
  }

  @Test
  @Tag("S-10")
  void aThousandIdleConnectionsTakeNeitherMemoryNorThreads() throws Exception {
    AtomicLong taken = new AtomicLong();
    try (ServerSocketChannel sink = sink(taken);
        Fd listener = listening();
        AutoCloseable forwarding = proxy.tcp(listener, (InetSocketAddress) sink.getLocalAddress());
        Clients first = new Clients(InetSocket.localAddress(listener), 10)) {
      assertThat(forwarding).isNotNull();
      send(first.channels, 10, taken);
      long before = memory();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      try (Clients idle = new Clients(InetSocket.localAddress(listener), 1000)) {
        send(idle.channels, 1000, taken); // all are through
        assertThat(memory() - before).isLessThan(50 << 20);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 20);
      }
    }
  }

  /** Connections to one port. */
  private final class Clients implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();

    Clients(InetSocketAddress port, int count) throws IOException {
      for (int i = 0; i < count; i++) {
        channels.add(connect(port));
      }
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel channel : channels) {
        channel.close();
      }
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

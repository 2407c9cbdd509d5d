package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketListenerTest {
  @TempDir Path temp;

  private SocketListener listener() throws IOException {
    return SocketListener.bind(temp.resolve("s"), "test");
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(temp.resolve("s")));
  }

  @Test
  void closingEndsWhatIsBeingServed() throws Exception {
    SocketListener listener = listener();
    CountDownLatch serving = new CountDownLatch(1);
    listener.start(
        caller -> {
          serving.countDown();
          caller.read(ByteBuffer.allocate(1));
        });
    try (SocketChannel caller = connect()) {
      serving.await();
      listener.close();
      assertThat(caller.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      await("nobody listens").until(this::isRefused); // who waits in accept lets go of the socket a moment later
    }
  }

  private boolean isRefused() {
    try (SocketChannel late = connect()) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** It was accepted while the listener was being closed. */
  @Test
  void aConnectionThatComesTooLateIsClosed() throws IOException {
    SocketListener listener = listener();
    try (SocketChannel late = connect()) {
      listener.close();
      assertThat(listener.keep(late)).isFalse();
      assertThat(late.isOpen()).isFalse();
    }
  }

  /** As with EMFILE: it fails while the process has too many open files, and the socket is as it was. */
  @Test
  void anAcceptThatFailsIsTriedAgain() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(temp.resolve("s")));
      try (SocketListener listener = new SocketListener(new Failing(server, 3, failures), "test")) {
        listener.start(caller -> caller.write(ByteBuffer.wrap(new byte[] {7})));
        for (int i = 0; i < 2; i++) {
          try (SocketChannel caller = connect()) {
            ByteBuffer answer = ByteBuffer.allocate(1);
            assertThat(caller.read(answer)).isEqualTo(1);
          }
        }
      }
    }
    assertThat(failures).hasValue(3);
  }

  /** Fails to accept some times, then is what it stands for. */
  private static final class Failing extends ServerSocketChannel {
    private final ServerSocketChannel server;
    private final int times;
    private final AtomicInteger failures;

    Failing(ServerSocketChannel server, int times, AtomicInteger failures) {
      super(server.provider());
      this.server = server;
      this.times = times;
      this.failures = failures;
    }

    @Override
    public SocketChannel accept() throws IOException {
      if (failures.get() < times) {
        failures.incrementAndGet();
        throw new IOException("Too many open files");
      }
      return server.accept();
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
      return server.bind(local, backlog);
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
      return server.setOption(name, value);
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
      return server.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
      return server.supportedOptions();
    }

    @Override
    public ServerSocket socket() {
      return server.socket();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
      return server.getLocalAddress();
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
      server.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
      server.configureBlocking(block);
    }
  }
}

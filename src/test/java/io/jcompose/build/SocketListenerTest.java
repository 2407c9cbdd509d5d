package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
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
}

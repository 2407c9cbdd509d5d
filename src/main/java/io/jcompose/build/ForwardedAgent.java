package io.jcompose.build;

import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.SocketPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A socket for one step that leads to the caller's SSH agent: the step's user may open it, and it is
 * gone with the step. The agent's own socket never gets into a container.
 */
final class ForwardedAgent implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ForwardedAgent.class.getName());
  private final Path socket;
  private final Path agent;
  private final SocketListener listener;

  private ForwardedAgent(Path socket, Path agent, SocketListener listener) {
    this.socket = socket;
    this.agent = agent;
    this.listener = listener;
  }

  /** Listens in {@code folder}, with the owner and mode that {@code mount} asks for. */
  static ForwardedAgent open(Path agent, Path folder, RunMount mount) {
    Path socket = folder.resolve("a");
    try {
      connect(agent).close();
    } catch (IOException | LinuxException e) {
      throw mount
          .at()
          .error("the SSH agent at " + agent + " does not answer (" + e.getMessage() + ")");
    }
    SocketListener listener = null;
    try {
      listener = SocketListener.bind(socket, "ssh agent");
      byte[] name = socket.toString().getBytes(StandardCharsets.UTF_8);
      Fs.chown(null, name, mount.uid(), mount.gid());
      Fs.chmod(null, name, mount.mode());
      ForwardedAgent forwarded = new ForwardedAgent(socket, agent, listener);
      listener.start(forwarded::serve);
      return forwarded;
    } catch (IOException | LinuxException e) {
      if (listener != null) {
        listener.close();
      }
      throw BuildFailure.of("forwarding the SSH agent", e);
    }
  }

  private static SocketChannel connect(Path agent) throws IOException {
    try (SocketPath fitting = SocketPath.of(agent)) {
      return SocketChannel.open(UnixDomainSocketAddress.of(fitting.text()));
    }
  }

  Path socket() {
    return socket;
  }

  private void serve(SocketChannel caller) throws IOException, InterruptedException {
    try (SocketChannel own = connect(agent)) {
      if (!listener.keep(own)) {
        return;
      }
      try {
        Thread back = Thread.ofVirtual().start(() -> pump(own, caller));
        pump(caller, own);
        back.join();
      } finally {
        listener.forget(own);
      }
    }
  }

  private static void pump(SocketChannel from, SocketChannel to) {
    try {
      InputStream in = Channels.newInputStream(from);
      OutputStream out = Channels.newOutputStream(to);
      in.transferTo(out);
      to.shutdownOutput();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection to the SSH agent broke", e);
    }
  }

  @Override
  public void close() {
    listener.close();
  }
}

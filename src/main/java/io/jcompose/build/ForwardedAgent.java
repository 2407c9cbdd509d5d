package io.jcompose.build;

import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A socket for one step that leads to the caller's SSH agent: the step's user may open it, and it is
 * gone with the step. The agent's own socket never gets into a container.
 */
final class ForwardedAgent implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ForwardedAgent.class.getName());
  private final Path socket;
  private final Path agent;
  private final ServerSocketChannel server;

  /** The connections, until it is closed; guarded by itself, as is {@link #closed}. */
  private final Set<SocketChannel> open = new HashSet<>();

  private boolean closed;

  private ForwardedAgent(Path socket, Path agent, ServerSocketChannel server) {
    this.socket = socket;
    this.agent = agent;
    this.server = server;
  }

  /** Listens in {@code folder}, with the owner and mode that {@code mount} asks for. */
  static ForwardedAgent open(Path agent, Path folder, RunMount mount) {
    Path socket = folder.resolve("a");
    try {
      SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(agent));
      probe.close();
    } catch (IOException e) {
      throw mount
          .at()
          .error("the SSH agent at " + agent + " does not answer (" + e.getMessage() + ")");
    }
    ServerSocketChannel server = null;
    try {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      byte[] name = socket.toString().getBytes(StandardCharsets.UTF_8);
      Fs.chown(null, name, mount.uid(), mount.gid());
      Fs.chmod(null, name, mount.mode());
      ForwardedAgent forwarded = new ForwardedAgent(socket, agent, server);
      Thread.ofVirtual().name("ssh agent").start(forwarded::accept);
      return forwarded;
    } catch (IOException | LinuxException e) {
      if (server != null) {
        close(server);
      }
      throw BuildFailure.of("forwarding the SSH agent", e);
    }
  }

  Path socket() {
    return socket;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel caller = server.accept();
        if (!keep(caller)) {
          return;
        }
        Thread.ofVirtual().name("ssh agent").start(() -> serve(caller));
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the forwarded SSH agent ends", e);
    }
  }

  /** Whether the connection may go on; once this is closed, none may. */
  private boolean keep(SocketChannel connection) {
    synchronized (open) {
      if (!closed) {
        return open.add(connection);
      }
    }
    close(connection);
    return false;
  }

  private void forget(SocketChannel connection) {
    synchronized (open) {
      open.remove(connection);
    }
  }

  private void serve(SocketChannel caller) {
    try (caller;
        SocketChannel own = SocketChannel.open(UnixDomainSocketAddress.of(agent))) {
      if (!keep(own)) {
        return;
      }
      Thread back = Thread.ofVirtual().start(() -> pump(own, caller));
      pump(caller, own);
      back.join();
      forget(own);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection to the SSH agent broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      forget(caller);
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
    List<SocketChannel> left;
    synchronized (open) {
      closed = true;
      left = List.copyOf(open);
      open.clear();
    }
    close(server);
    left.forEach(ForwardedAgent::close);
  }

  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the forwarded SSH agent", e);
    }
  }
}

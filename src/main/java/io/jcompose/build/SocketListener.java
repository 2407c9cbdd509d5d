package io.jcompose.build;

import io.jcompose.linux.SocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Listens at a Unix socket and serves each connection in a thread of its own. Closed, it ends all of
 * them, those included that come in at that moment: what a build lends out does not outlive it.
 */
final class SocketListener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SocketListener.class.getName());

  /** How long a refused accept waits at most for a descriptor; one that a connection here had is known at once. */
  private static final long PAUSE_MILLIS = 200;

  private final ServerSocketChannel server;
  private final String name;

  /** The connections, until it is closed; guarded by itself, as is {@link #closed}. */
  private final Set<SocketChannel> open = new HashSet<>();

  private boolean closed;

  /** Serves one connection, which is closed afterwards. */
  @FunctionalInterface
  interface Service {
    void serve(SocketChannel caller) throws IOException, InterruptedException;
  }

  SocketListener(ServerSocketChannel server, String name) {
    this.server = server;
    this.name = name;
  }

  /**
   * Callers can connect from now on, and wait until it is started.
   *
   * @param name of what is served, for threads and the log
   */
  static SocketListener bind(Path socket, String name) throws IOException {
    SocketListener listener = new SocketListener(ServerSocketChannel.open(StandardProtocolFamily.UNIX), name);
    try (SocketPath fitting = SocketPath.of(socket)) {
      listener.server.bind(UnixDomainSocketAddress.of(fitting.text()));
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  void start(Service service) {
    Thread.ofVirtual().name(name).start(() -> accept(service));
  }

  private void accept(Service service) {
    while (server.isOpen()) {
      try {
        SocketChannel caller = server.accept();
        if (!keep(caller)) {
          return;
        }
        Thread.ofVirtual().name(name).start(() -> serve(caller, service));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, name + ": a connection was not accepted", e);
        if (!awaitDescriptor()) {
          return;
        }
      }
    }
  }

  /** Callers wait in the socket's queue meanwhile. False when it is closed. */
  private boolean awaitDescriptor() {
    synchronized (open) {
      try {
        if (!closed) {
          open.wait(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return !closed;
    }
  }

  private void serve(SocketChannel caller, Service service) {
    try (caller) {
      service.serve(caller);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, name + ": a connection broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      forget(caller);
    }
  }

  /** Whether the connection may go on until this is closed; once it is, none may, and it is closed. */
  boolean keep(SocketChannel connection) {
    synchronized (open) {
      if (!closed) {
        return open.add(connection);
      }
    }
    close(connection);
    return false;
  }

  void forget(SocketChannel connection) {
    synchronized (open) {
      open.remove(connection);
      open.notifyAll();
    }
  }

  @Override
  public void close() {
    List<SocketChannel> left;
    synchronized (open) {
      closed = true;
      left = List.copyOf(open);
      open.clear();
      open.notifyAll();
    }
    close(server);
    left.forEach(this::close);
  }

  private void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, name + ": closing a connection", e);
    }
  }
}

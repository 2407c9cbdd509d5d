package io.jcompose.network.dns;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** One container's end of the server: its sockets, its connections and its questions under way. */
final class Container implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Container.class.getName());

  /** More connections than this close the one that has been silent longest. */
  private static final int MAX_CONNECTIONS = 32;

  /** Questions of one container that may wait for an answer from outside. */
  private static final int MAX_FORWARDED = 128;

  /** Answers that the clients of one container leave unread, in bytes. */
  private static final int MAX_UNSENT = 1024 * 1024;

  private final Shared shared;
  private final EventLoop.Registration udp;
  private final EventLoop.Registration tcp;
  private final Set<TcpConnection> connections = new LinkedHashSet<>();
  private final Set<Exchange> exchanges = new LinkedHashSet<>();
  private DnsView view;
  private int unsent;

  /** Takes ownership of both sockets. On the loop's thread. */
  Container(Shared shared, Fd udpSocket, Fd tcpSocket, DnsView view) {
    this.shared = shared;
    this.view = view;
    try {
      udp = shared.loop().register(udpSocket, Epoll.IN, events -> datagrams());
    } catch (RuntimeException e) {
      tcpSocket.close();
      throw e;
    }
    try {
      tcp = shared.loop().register(tcpSocket, Epoll.IN, events -> accept());
    } catch (RuntimeException e) {
      udp.close();
      throw e;
    }
  }

  void view(DnsView next) {
    view = next;
  }

  /** Where the answer to a question that went outside is to go. */
  interface Reply {
    void send(byte[] answer);
  }

  private void datagrams() {
    var batch = shared.batch();
    int count = batch.receive(udp.fd());
    for (int i = 0; i < count; i++) {
      int length = batch.length(i);
      if (length < 0) {
        continue;
      }
      batch.copy(i, shared.in());
      int slot = i;
      int answer = answer(shared.in(), length, false, () -> datagramReply(slot));
      if (answer > 0) {
        batch.reply(i, shared.out(), answer);
      }
    }
    batch.flush(udp.fd());
  }

  private Reply datagramReply(int slot) {
    byte[] sender = shared.batch().sender(slot);
    return answer -> {
      try {
        InetSocket.sendTo(udp.fd(), answer, sender);
      } catch (LinuxException e) {
        // As with any datagram: the client asks again.
        LOG.log(System.Logger.Level.DEBUG, "DNS: an answer was refused", e);
      }
    };
  }

  /** Makes the way of a later answer, for a question that goes outside. */
  interface Later {
    Reply reply();
  }

  /**
   * Answers a packet into {@link Shared#out}.
   *
   * @return the answer's length; 0 if there is none, or it comes later by {@code later}
   */
  int answer(byte[] packet, int length, boolean overTcp, Later later) {
    Optional<Query> parsed = Query.parse(packet, length);
    if (parsed.isEmpty()) {
      return 0;
    }
    Query query = parsed.get();
    int limit = query.limit(overTcp);
    try {
      int answer = Answers.answer(query, view, shared.zones(), shared.out(), limit);
      if (answer != Answers.FORWARD) {
        return answer;
      }
      if (exchanges.size() >= MAX_FORWARDED || !shared.forwarder().hasRoom()) {
        return Response.empty(query, Dns.SERVFAIL, shared.out(), limit);
      }
      forward(query, overTcp, later.reply());
      return 0;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "DNS: a query got no answer", e);
      return Response.empty(query, Dns.SERVFAIL, shared.out(), limit);
    }
  }

  private void forward(Query query, boolean overTcp, Reply reply) {
    shared
        .forwarder()
        .ask(
            query,
            view.servers(),
            udp.fd(),
            overTcp,
            exchanges::add,
            (exchange, answer) -> {
              exchanges.remove(exchange);
              reply.send(answer);
            });
  }

  private void accept() {
    Optional<Fd> client = InetSocket.accept(tcp.fd());
    if (client.isPresent()) {
      if (connections.size() >= MAX_CONNECTIONS) {
        connections.iterator().next().close();
      }
      connections.add(new TcpConnection(shared.loop(), client.get(), this, shared.idleMillis()));
    }
  }

  /** A connection has asked something: it is now the last that would be closed for want of room. */
  void active(TcpConnection connection) {
    connections.remove(connection);
    connections.add(connection);
  }

  /** Makes room for an answer that a client has not read yet; false if there is none left. */
  boolean reserve(int bytes) {
    if (unsent + bytes > MAX_UNSENT) {
      return false;
    }
    unsent += bytes;
    return true;
  }

  void release(int bytes) {
    unsent -= bytes;
  }

  void closed(TcpConnection connection) {
    connections.remove(connection);
  }

  Shared shared() {
    return shared;
  }

  /**
   * Lets go of the sockets, of which the keeper's duplicates live on; what is under way is dropped.
   */
  @Override
  public void close() {
    udp.close();
    tcp.close();
    connections.stream().toList().forEach(TcpConnection::close);
    exchanges.forEach(Exchange::cancel);
    exchanges.clear();
  }
}

package io.jcompose.network.dns;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;

/**
 * One question on its way to the outside. Each try has a socket, and so a source port, and an id of
 * its own (RFC 5452): a forged answer has to guess both, and the question. A server that says no,
 * or that can't be reached, is left for the next at once; one that is silent, after a second, but
 * its late answer counts.
 */
final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  /** All tries together: less than the five seconds after which the C libraries ask again. */
  private static final long TOTAL_MILLIS = 4_000;

  private static final long TRY_MILLIS = 1_000;
  private static final int MAX_OPEN = 2;

  /** Makes sockets in the namespace from which a server is to be asked. */
  interface Sockets {
    Fd make(InetAddress server, Callable<Fd> make) throws Exception;
  }

  private final Forwarder forwarder;
  private final Query query;
  private final List<InetSocketAddress> servers;
  private final Sockets sockets;
  private final boolean overTcp;
  private final BiConsumer<Exchange, byte[]> done;
  private final ArrayDeque<EventLoop.Registration> open = new ArrayDeque<>();
  private final Set<InetSocketAddress> tried = new HashSet<>();
  private final Set<InetSocketAddress> failed = new HashSet<>();
  private final EventLoop.Timer deadline;
  private EventLoop.Timer nextTry = EventLoop.Timer.none();
  private byte[] refusal;
  private int tries;
  private boolean ended;

  Exchange(
      Forwarder forwarder,
      Query query,
      List<InetSocketAddress> servers,
      Sockets sockets,
      boolean overTcp,
      BiConsumer<Exchange, byte[]> done) {
    this.forwarder = forwarder;
    this.query = query;
    this.servers = servers;
    this.sockets = sockets;
    this.overTcp = overTcp;
    this.done = done;
    refusal = failure(Dns.SERVFAIL);
    deadline = forwarder.loop().after(TOTAL_MILLIS, () -> finish(refusal));
  }

  void start() {
    tryNext();
  }

  private byte[] failure(int code) {
    byte[] out = new byte[Dns.HEADER + query.question().length + Dns.OPT_LENGTH];
    return Arrays.copyOf(out, Response.empty(query, code, out, out.length));
  }

  private void tryNext() {
    InetSocketAddress server = nextServer();
    tried.add(server);
    tries++;
    waitFor(server);
    try {
      udp(server);
    } catch (LinuxException e) {
      LOG.log(System.Logger.Level.DEBUG, "DNS: {0}: {1}", server, e.getMessage());
      // Later, so that no answer comes before the question has been put away.
      forwarder.loop().after(0, () -> failed(server));
    }
  }

  private InetSocketAddress nextServer() {
    for (InetSocketAddress server : servers) {
      if (!tried.contains(server)) {
        return server;
      }
    }
    List<InetSocketAddress> left = servers.stream().filter(s -> !failed.contains(s)).toList();
    return left.isEmpty() ? servers.getFirst() : left.get(tries % left.size());
  }

  private void waitFor(InetSocketAddress server) {
    nextTry.cancel();
    nextTry =
        forwarder
            .loop()
            .after(
                TRY_MILLIS,
                () -> {
                  forwarder.silent(server);
                  tryNext();
                });
  }

  private void udp(InetSocketAddress server) {
    byte[] packet = packet();
    Fd fd = socket(server, () -> InetSocket.datagram(server.getAddress()));
    try {
      InetSocket.connect(fd, server);
      InetSocket.send(fd, packet);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    Attempt attempt = new Attempt(server, packet);
    attempt.registration = forwarder.loop().register(fd, Epoll.IN, events -> received(attempt));
    keep(attempt.registration);
  }

  private Fd socket(InetSocketAddress server, Callable<Fd> make) {
    try {
      return sockets.make(server.getAddress(), make);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Attempt {
    final InetSocketAddress server;
    final byte[] packet;
    EventLoop.Registration registration;

    Attempt(InetSocketAddress server, byte[] packet) {
      this.server = server;
      this.packet = packet;
    }
  }

  private void keep(EventLoop.Registration registration) {
    if (open.size() == MAX_OPEN) {
      open.poll().close();
    }
    open.add(registration);
  }

  /** The question as we ask it: our id, the client's wishes, none of its other EDNS options. */
  private byte[] packet() {
    int length = Dns.HEADER + query.question().length;
    byte[] packet = new byte[length + (query.edns() ? Dns.OPT_LENGTH : 0)];
    Dns.u16(packet, 0, forwarder.randomId());
    Dns.u16(packet, 2, query.flags() & (Dns.RD | Dns.AD | Dns.CD));
    Dns.u16(packet, 4, 1);
    System.arraycopy(query.question(), 0, packet, Dns.HEADER, query.question().length);
    if (query.edns()) {
      Dns.u16(packet, 10, 1);
      Dns.u16(packet, length + 1, Dns.OPT);
      Dns.u16(packet, length + 3, query.limit(false));
      Dns.u16(packet, length + 7, query.dnssec() ? 0x8000 : 0);
    }
    return packet;
  }

  private void received(Attempt attempt) {
    byte[] buffer = forwarder.buffer();
    int length;
    try {
      length = InetSocket.receive(attempt.registration.fd(), buffer);
    } catch (LinuxException e) {
      // What ICMP said: nobody listens there, or there is no way.
      attempt.registration.close();
      failed(attempt.server);
      return;
    }
    if (length != InetSocket.WOULD_BLOCK && answers(buffer, length, attempt.packet)) {
      attempt.registration.close();
      accept(attempt, Arrays.copyOf(buffer, length));
    }
  }

  /** Whether this is the answer to what was asked, and not something forged or strayed. */
  private boolean answers(byte[] answer, int length, byte[] asked) {
    if (length < Dns.HEADER
        || Dns.u16(answer, 0) != Dns.u16(asked, 0)
        || (Dns.u16(answer, 2) & (Dns.QR | Dns.OPCODE)) != Dns.QR) {
      return false;
    }
    int questions = Dns.u16(answer, 4);
    if (questions == 0) {
      return (Dns.u16(answer, 2) & 0xf) != Dns.NOERROR;
    }
    int end = Dns.HEADER + query.question().length;
    if (questions != 1 || length < end) {
      return false;
    }
    for (int i = Dns.HEADER; i < end; i++) {
      if (Names.lower(answer[i]) != Names.lower(asked[i])) {
        return false;
      }
    }
    return true;
  }

  private void accept(Attempt attempt, byte[] answer) {
    forwarder.answered(attempt.server);
    int flags = Dns.u16(answer, 2);
    int code = flags & 0xf;
    byte[] relayed = relayed(answer);
    if (code == Dns.SERVFAIL || code == Dns.NOTIMP || code == Dns.REFUSED) {
      refusal = relayed;
      failed(attempt.server);
    } else if ((flags & Dns.TC) != 0 && overTcp) {
      askByTcp(attempt.server);
    } else {
      finish(relayed);
    }
  }

  private void askByTcp(InetSocketAddress server) {
    waitFor(server);
    byte[] packet = packet();
    try {
      keep(
          UpstreamStream.ask(
              forwarder.loop(),
              server,
              socket(server, () -> InetSocket.stream(server.getAddress())),
              packet,
              answer -> {
                if (answer.length > 0 && answers(answer, answer.length, packet)) {
                  finish(relayed(answer));
                } else {
                  failed(server);
                }
              }));
    } catch (LinuxException e) {
      failed(server);
    }
  }

  /** The answer as the client expects it: its id, its letter case, its limit. */
  private byte[] relayed(byte[] answer) {
    if (Dns.u16(answer, 4) == 0) {
      return failure(Dns.u16(answer, 2) & 0xf);
    }
    if (answer.length > query.limit(overTcp)) {
      byte[] out = new byte[Dns.HEADER + query.question().length + Dns.OPT_LENGTH];
      int length = new Response(query, Dns.NOERROR, out, out.length).truncated().finish();
      return Arrays.copyOf(out, length);
    }
    Dns.u16(answer, 0, query.id());
    System.arraycopy(query.question(), 0, answer, Dns.HEADER, query.question().length);
    return answer;
  }

  private void failed(InetSocketAddress server) {
    if (ended) {
      return;
    }
    failed.add(server);
    if (failed.containsAll(servers)) {
      finish(refusal);
    } else if (!tried.containsAll(servers)) {
      tryNext();
    }
  }

  private void finish(byte[] answer) {
    if (!ended) {
      cancel();
      done.accept(this, answer);
    }
  }

  /** Ends without an answer: nobody waits for one any more. */
  void cancel() {
    ended = true;
    deadline.cancel();
    nextTry.cancel();
    open.forEach(EventLoop.Registration::close);
    forwarder.ended(this);
  }
}

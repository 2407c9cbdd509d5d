package io.jcompose.network.dns;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * A client's TCP connection: messages behind their length (RFC 1035 §4.2.2), several at a time,
 * answered as the answers come (RFC 7766).
 */
final class TcpConnection {
  /** A longer question ends the connection. */
  private static final int MAX_QUERY = 4096;

  /**
   * Answers that a client leaves unread, in bytes, and questions under way, before it is not read
   * on.
   */
  private static final int MAX_UNSENT = 128 * 1024;

  private static final int MAX_PENDING = 32;
  private static final int SEND_BUFFER = 64 * 1024;

  private final EventLoop loop;
  private final Container container;
  private final long idleMillis;
  private final EventLoop.Registration registration;
  private final byte[] in = new byte[2 + MAX_QUERY];
  private final ArrayDeque<byte[]> unsent = new ArrayDeque<>();
  private int filled;
  private int unsentBytes;
  private int pending;
  private boolean ended;
  private boolean closed;
  private long lastProgress = System.nanoTime();
  private EventLoop.Timer idle;

  /** {@code idleMillis}: asking nothing, or reading nothing, for so long closes the connection. */
  TcpConnection(EventLoop loop, Fd fd, Container container, long idleMillis) {
    this.loop = loop;
    this.idleMillis = idleMillis;
    this.container = container;
    InetSocket.sendBuffer(fd, SEND_BUFFER);
    registration = loop.register(fd, Epoll.IN, this::ready);
    idle = loop.after(idleMillis, this::checkIdle);
  }

  private void ready(int events) {
    try {
      if ((events & (Epoll.ERR | Epoll.HUP)) != 0) {
        close();
        return;
      }
      if ((events & Epoll.IN) != 0) {
        read();
      }
      advance();
    } catch (LinuxException e) {
      // The client is gone (reset, timed out): nobody is left to tell.
      close();
    }
  }

  private void read() {
    byte[] buffer = new byte[in.length - filled];
    int count =
        buffer.length == 0 ? InetSocket.WOULD_BLOCK : InetSocket.receive(registration.fd(), buffer);
    if (count == 0) {
      ended = true;
    } else if (count > 0) {
      System.arraycopy(buffer, 0, in, filled, count);
      filled += count;
    }
  }

  /** Answers what is complete, sends what can be sent, and says what to wait for next. */
  private void advance() {
    do {
      answerWhatIsComplete();
      if (!closed) {
        flush();
      }
      // What was left because too much was unsent is taken up at once when all of that went.
    } while (!closed && reading() && hasCompleteQuery());
    if (closed) {
      return;
    }
    if (ended && pending == 0 && unsent.isEmpty()) {
      close();
      return;
    }
    int read = ended || !reading() ? 0 : Epoll.IN;
    registration.interest(read | (unsent.isEmpty() ? 0 : Epoll.OUT));
  }

  private boolean hasCompleteQuery() {
    return filled >= 2 && filled >= 2 + Dns.u16(in, 0);
  }

  private void answerWhatIsComplete() {
    int at = 0;
    while (!closed && reading() && filled - at >= 2) {
      int length = Dns.u16(in, at);
      if (length > MAX_QUERY) {
        close();
        return;
      }
      if (filled - at < 2 + length) {
        break;
      }
      ask(Arrays.copyOfRange(in, at + 2, at + 2 + length));
      at += 2 + length;
    }
    System.arraycopy(in, at, in, 0, filled - at);
    filled -= at;
  }

  private boolean reading() {
    return pending < MAX_PENDING && unsentBytes < MAX_UNSENT;
  }

  private void ask(byte[] packet) {
    lastProgress = System.nanoTime();
    container.active(this);
    int length = container.answer(packet, packet.length, true, this::later);
    if (length > 0) {
      queue(container.shared().out(), length);
    }
  }

  private Container.Reply later() {
    pending++;
    return answer -> {
      pending--;
      if (!closed) {
        queue(answer, answer.length);
        ready(0);
      }
    };
  }

  private void queue(byte[] answer, int length) {
    if (!container.reserve(2 + length)) {
      close();
      return;
    }
    byte[] message = new byte[2 + length];
    Dns.u16(message, 0, length);
    System.arraycopy(answer, 0, message, 2, length);
    unsent.add(message);
    unsentBytes += message.length;
  }

  private void flush() {
    while (!unsent.isEmpty()) {
      byte[] message = unsent.peek();
      int sent = InetSocket.send(registration.fd(), message);
      if (sent == InetSocket.WOULD_BLOCK) {
        return;
      }
      lastProgress = System.nanoTime();
      unsentBytes -= sent;
      container.release(sent);
      unsent.poll();
      if (sent < message.length) {
        unsent.addFirst(Arrays.copyOfRange(message, sent, message.length));
        return;
      }
    }
  }

  private void checkIdle() {
    long rest = idleMillis - (System.nanoTime() - lastProgress) / 1_000_000;
    if (rest <= 0 && pending == 0) {
      close();
    } else {
      idle = loop.after(Math.max(rest, idleMillis / 10), this::checkIdle);
    }
  }

  void close() {
    if (!closed) {
      closed = true;
      idle.cancel();
      registration.close();
      container.release(unsentBytes);
      container.closed(this);
    }
  }
}

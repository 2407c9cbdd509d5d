package io.jcompose.network.dns;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.InetSocket;
import io.jcompose.linux.LinuxException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** One question to one server by TCP, for an answer that a datagram can't hold. */
final class UpstreamStream {
  private static final byte[] NONE = {};

  private final EventLoop.Registration registration;
  private final Consumer<byte[]> done;
  private final byte[] question;
  private byte[] in = new byte[2];
  private int filled;
  private boolean asked;
  private boolean sized;

  private UpstreamStream(EventLoop loop, Fd fd, byte[] question, Consumer<byte[]> done) {
    this.done = done;
    this.question = question;
    registration = loop.register(fd, Epoll.OUT, this::ready);
  }

  /**
   * Asks over the new socket {@code fd}, which is this one's from here on. {@code done} gets the
   * answer, or nothing (0 bytes) when the connection fails; unless closed before.
   */
  static EventLoop.Registration ask(
      EventLoop loop, InetSocketAddress server, Fd fd, byte[] packet, Consumer<byte[]> done) {
    try {
      InetSocket.connect(fd, server);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    byte[] question = new byte[2 + packet.length];
    Dns.u16(question, 0, packet.length);
    System.arraycopy(packet, 0, question, 2, packet.length);
    return new UpstreamStream(loop, fd, question, done).registration;
  }

  private void ready(int events) {
    try {
      if (!asked) {
        // A few hundred bytes on a new connection go as a whole, or something is wrong with it.
        if (InetSocket.error(registration.fd()) != 0
            || InetSocket.send(registration.fd(), question) != question.length) {
          finish(NONE);
          return;
        }
        asked = true;
        registration.interest(Epoll.IN);
        return;
      }
      read();
    } catch (LinuxException e) {
      finish(NONE);
    }
  }

  private void read() {
    byte[] part = new byte[in.length - filled];
    int count = InetSocket.receive(registration.fd(), part);
    if (count == InetSocket.WOULD_BLOCK) {
      return;
    }
    if (count == 0) {
      finish(NONE);
      return;
    }
    System.arraycopy(part, 0, in, filled, count);
    filled += count;
    if (filled < in.length) {
      return;
    }
    if (sized) {
      finish(in);
      return;
    }
    sized = true;
    in = new byte[Dns.u16(in, 0)];
    filled = 0;
    if (in.length == 0) {
      finish(NONE);
    }
  }

  private void finish(byte[] answer) {
    registration.close();
    done.accept(answer);
  }
}

package io.jcompose.network.netlink;

import io.jcompose.linux.NetlinkSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A conversation with the kernel over one netlink socket. One at a time talks; an answer is due at
 * once, so a virtual thread may call it too.
 */
public final class Netlink implements AutoCloseable {
  static final int HEADER = 16;
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;
  private static final int F_CAPPED = 0x100;
  private static final int F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int MESSAGES_PER_SEND = 128;

  /** The kernel fills as much as there is room for with the parts of a long answer. */
  private static final int MUCH = 64 * 1024;

  private final NetlinkSocket socket;
  private byte[] buffer = new byte[4096];
  private int sequence = 1;

  private Netlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a socket for links, addresses and routes in the calling thread's network namespace. */
  public static Netlink route() {
    return new Netlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
  }

  /** Opens a socket for nftables and conntrack in the calling thread's network namespace. */
  public static Netlink netfilter() {
    return new Netlink(NetlinkSocket.open(NetlinkSocket.NETFILTER));
  }

  /**
   * Sends all of {@code requests}, in order; each is tried even when one before it failed.
   *
   * @throws NetlinkException for the first that failed; the others' failures are suppressed in it
   */
  public synchronized void execute(List<Request> requests) {
    List<NetlinkException> failures = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += MESSAGES_PER_SEND) {
      int to = Math.min(requests.size(), from + MESSAGES_PER_SEND);
      failures.addAll(exchange(requests.subList(from, to)));
    }
    throwFirst(failures);
  }

  private List<NetlinkException> exchange(List<Request> requests) {
    int first = sequence;
    sequence += requests.size();
    socket.send(datagram(requests, first, Request.F_REQUEST | Request.F_ACK));
    List<NetlinkException> failures = new ArrayList<>();
    int pending = requests.size();
    while (pending > 0) {
      for (Answer answer : receive()) {
        int index = answer.sequence() - first;
        if (answer.type() != NLMSG_ERROR || index < 0 || index >= requests.size()) {
          continue;
        }
        pending--;
        Request request = requests.get(index);
        int errno = -answer.u32At(0);
        if (errno != 0 && errno != request.ignoredErrno()) {
          failures.add(new NetlinkException(request.what(), errno, explanation(answer)));
        }
      }
    }
    return failures;
  }

  /**
   * Sends {@code requests} as one nfnetlink transaction: all of them happen, or none.
   *
   * @throws NetlinkException for the first that failed
   */
  public synchronized void transact(List<Request> requests) {
    List<Request> framed = new ArrayList<>();
    framed.add(NfMessages.batchBegin());
    framed.addAll(requests);
    framed.add(NfMessages.batchEnd());
    int first = sequence;
    sequence += framed.size();
    ByteBuffer datagram =
        ByteBuffer.wrap(datagram(framed, first, Request.F_REQUEST | Request.F_ACK));
    datagram.order(ByteOrder.nativeOrder());
    // The frame itself is not acknowledged: an answer to its first message means that all failed.
    datagram.putShort(6, (short) Request.F_REQUEST);
    datagram.putShort(
        datagram.capacity() - framed.getLast().body().length - HEADER + 6,
        (short) Request.F_REQUEST);
    socket.send(datagram.array());
    List<NetlinkException> failures = new ArrayList<>();
    int last = first + requests.size();
    boolean done = requests.isEmpty();
    while (!done) {
      for (Answer answer : receive()) {
        int index = answer.sequence() - first;
        if (answer.type() != NLMSG_ERROR || index < 0 || index >= framed.size()) {
          continue;
        }
        int errno = -answer.u32At(0);
        if (errno != 0) {
          failures.add(new NetlinkException(framed.get(index).what(), errno, explanation(answer)));
        }
        done |= answer.sequence() == last || index == 0;
      }
    }
    throwFirst(failures);
  }

  /** The number by which notifications name this socket. */
  public int port() {
    return socket.port();
  }

  /** Asks for a list and returns its entries. */
  synchronized List<Answer> dump(Request request) {
    makeRoom(MUCH);
    int mine = sequence++;
    socket.send(datagram(List.of(request), mine, Request.F_REQUEST | Request.F_DUMP));
    List<Answer> entries = new ArrayList<>();
    while (true) {
      for (Answer answer : receive()) {
        if (answer.sequence() != mine) {
          continue;
        }
        if (answer.type() == NLMSG_DONE) {
          return entries;
        }
        if (answer.type() == NLMSG_ERROR) {
          throw new NetlinkException(request.what(), -answer.u32At(0), explanation(answer));
        }
        entries.add(answer);
      }
    }
  }

  /** Asks for one thing; an answer that is an error is thrown. */
  synchronized Answer ask(Request request) {
    int mine = sequence++;
    socket.send(datagram(List.of(request), mine, Request.F_REQUEST));
    while (true) {
      for (Answer answer : receive()) {
        if (answer.sequence() == mine && answer.type() == NLMSG_ERROR) {
          throw new NetlinkException(request.what(), -answer.u32At(0), explanation(answer));
        }
        if (answer.sequence() == mine) {
          return answer;
        }
      }
    }
  }

  private List<Answer> receive() {
    makeRoom(socket.awaited());
    return parse(buffer, socket.receive(buffer));
  }

  private void makeRoom(int bytes) {
    if (buffer.length < bytes) {
      buffer = new byte[Math.max(bytes, MUCH)];
    }
  }

  static List<Answer> parse(byte[] datagram, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(datagram, 0, length).order(ByteOrder.nativeOrder());
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at + HEADER <= length) {
      int size = buffer.getInt(at);
      if (size < HEADER || at + size > length) {
        break;
      }
      byte[] body = Arrays.copyOfRange(datagram, at + HEADER, at + size);
      int type = buffer.getShort(at + 4) & 0xffff;
      int flags = buffer.getShort(at + 6) & 0xffff;
      answers.add(new Answer(type, flags, buffer.getInt(at + 8), buffer.getInt(at + 12), body));
      at += (size + 3) & ~3;
    }
    return answers;
  }

  static byte[] datagram(List<Request> requests, int firstSequence, int flags) {
    int length = 0;
    for (Request request : requests) {
      length += HEADER + request.body().length;
    }
    ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    int number = firstSequence;
    for (Request request : requests) {
      out.putInt(HEADER + request.body().length)
          .putShort((short) request.type())
          .putShort((short) (request.flags() | flags))
          .putInt(number++)
          .putInt(0)
          .put(request.body());
    }
    return out.array();
  }

  /** What the kernel adds in words to an error (extended acknowledgement), or nothing. */
  private static String explanation(Answer answer) {
    if ((answer.flags() & F_ACK_TLVS) == 0) {
      return "";
    }
    int from = 4 + HEADER;
    if ((answer.flags() & F_CAPPED) == 0) {
      from = 4 + answer.u32At(4);
    }
    byte[] text = answer.attributes(from).get(NLMSGERR_ATTR_MSG);
    return text == null ? "" : Answer.text(text);
  }

  private static void throwFirst(List<NetlinkException> failures) {
    if (!failures.isEmpty()) {
      NetlinkException first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}

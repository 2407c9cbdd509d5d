package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A netlink(7) socket; it stays in the network namespace of the thread that opened it. */
public final class NetlinkSocket implements AutoCloseable {
  public static final int ROUTE = 0;
  public static final int NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int ADDRESS_LENGTH = 12;
  private static final int MSG_PEEK = 0x2;
  private static final int MSG_TRUNC = 0x20;
  private static final byte[] NOTHING = {};

  private final Fd fd;

  private NetlinkSocket(Fd fd) {
    this.fd = fd;
  }

  /** Opens and binds a socket of {@code protocol} ({@link #ROUTE}, {@link #NETFILTER}). */
  public static NetlinkSocket open(int protocol) {
    Fd fd =
        new Fd(check(C.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "socket", "netlink"));
    try {
      byte[] address = new byte[ADDRESS_LENGTH];
      address[0] = AF_NETLINK;
      check(C.bind(fd.number(), address, address.length), "bind", "netlink");
      NetlinkSocket socket = new NetlinkSocket(fd);
      socket.set(SOL_NETLINK, NETLINK_CAP_ACK, 1);
      socket.set(SOL_NETLINK, NETLINK_EXT_ACK, 1);
      socket.set(SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
      socket.set(SOL_SOCKET, SO_SNDBUFFORCE, 4 << 20);
      return socket;
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
  }

  private void set(int level, int option, int value) {
    byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    check(C.setsockopt(fd.number(), level, option, bytes, bytes.length), "setsockopt", "netlink");
  }

  /**
   * Receives the notifications of multicast group {@code group} (a number, not a mask) from now on.
   */
  public void join(int group) {
    set(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  /** The number by which notifications name the socket that caused them. */
  public int port() {
    byte[] address = new byte[ADDRESS_LENGTH];
    check(
        C.getsockname(fd.number(), address, new int[] {ADDRESS_LENGTH}), "getsockname", "netlink");
    return ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getInt(4);
  }

  /** Sends {@code data} to the kernel as one datagram. */
  public void send(byte[] data) {
    while (C.send(fd.number(), data, data.length, 0) < 0) {
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "send", "netlink");
      }
    }
  }

  /** Waits for a datagram, which stays; returns its length. Blocks as {@link #receive}. */
  public int awaited() {
    return receive(NOTHING, MSG_PEEK | MSG_TRUNC);
  }

  /**
   * Waits for one datagram. Blocks in a native call: not on a virtual thread unless the answer is
   * due at once. ENOBUFS says that notifications were lost.
   *
   * @return its length
   */
  public int receive(byte[] buffer) {
    return receive(buffer, 0);
  }

  private int receive(byte[] buffer, int flags) {
    while (true) {
      long count = C.recv(fd.number(), buffer, buffer.length, flags);
      if (count >= 0) {
        return (int) count;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "recv", "netlink");
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}

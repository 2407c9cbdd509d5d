package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Non-blocking UDP and TCP sockets as plain descriptors (ip(7), udp(7), tcp(7)): for those that
 * another process holds too, or that live in another network namespace. A socket belongs to the
 * namespace of the thread that makes it.
 */
public final class InetSocket {
  /** What {@link #receive} and {@link #send} return when the call would have to wait. */
  public static final int WOULD_BLOCK = -1;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  private static final int IPPROTO_IP = 0;
  private static final int IP_FREEBIND = 15;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_ERROR = 4;
  private static final int SO_SNDBUF = 7;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final long SIOCGSKNS = 0x894c;
  private static final int MSG_NOSIGNAL = 0x4000;

  private InetSocket() {}

  /** A UDP socket of the address family of {@code like}. */
  public static Fd datagram(InetAddress like) {
    return socket(like, SOCK_DGRAM);
  }

  /** A TCP socket of the address family of {@code like}. */
  public static Fd stream(InetAddress like) {
    return socket(like, SOCK_STREAM);
  }

  private static Fd socket(InetAddress like, int type) {
    int family = like instanceof Inet6Address ? AF_INET6 : AF_INET;
    return new Fd(check(C.socket(family, type | NONBLOCK_CLOEXEC, 0), "socket", like));
  }

  /** Lets an IPv4 socket bind an address that is not up yet (IP_FREEBIND). */
  public static void allowAbsentAddress(Fd fd) {
    check(
        C.setsockopt(fd.number(), IPPROTO_IP, IP_FREEBIND, nativeInt(1), 4),
        "setsockopt",
        "freebind");
  }

  /**
   * Lets a port be bound again while connections of its last user are in TIME_WAIT (SO_REUSEADDR).
   */
  public static void reuseAddress(Fd fd) {
    check(
        C.setsockopt(fd.number(), SOL_SOCKET, SO_REUSEADDR, nativeInt(1), 4),
        "setsockopt",
        "reuse");
  }

  /** Leaves IPv4 to another socket (IPV6_V6ONLY). */
  public static void onlyIpv6(Fd fd) {
    check(
        C.setsockopt(fd.number(), IPPROTO_IPV6, IPV6_V6ONLY, nativeInt(1), 4),
        "setsockopt",
        "v6only");
  }

  /** Bounds what the kernel keeps for a peer that does not read (SO_SNDBUF, socket(7)). */
  public static void sendBuffer(Fd fd, int bytes) {
    check(C.setsockopt(fd.number(), SOL_SOCKET, SO_SNDBUF, nativeInt(bytes), 4), "setsockopt", fd);
  }

  public static void bind(Fd fd, InetSocketAddress address) {
    byte[] encoded = encode(address);
    check(C.bind(fd.number(), encoded, encoded.length), "bind", address);
  }

  public static void listen(Fd fd, int backlog) {
    check(C.listen(fd.number(), backlog), "listen", fd);
  }

  /** Connects, or begins to: false means that writability will tell (see {@link #error}). */
  public static boolean connect(Fd fd, InetSocketAddress address) {
    byte[] encoded = encode(address);
    if (C.connect(fd.number(), encoded, encoded.length) == 0) {
      return true;
    }
    int errno = LibC.errno();
    if (errno == Errno.EINPROGRESS) {
      return false;
    }
    throw new LinuxException(errno, "connect", address.toString());
  }

  /** The pending error of a socket (SO_ERROR), which this clears; 0 if there is none. */
  public static int error(Fd fd) {
    byte[] value = new byte[4];
    check(C.getsockopt(fd.number(), SOL_SOCKET, SO_ERROR, value, new int[] {4}), "getsockopt", fd);
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  /** A waiting connection, non-blocking; empty when there is none (any more). */
  public static Optional<Fd> accept(Fd listener) {
    int client = C.accept4(listener.number(), null, null, NONBLOCK_CLOEXEC);
    if (client >= 0) {
      return Optional.of(new Fd(client));
    }
    int errno = LibC.errno();
    if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED) {
      return Optional.empty();
    }
    throw new LinuxException(errno, "accept", listener.toString());
  }

  /** Receives into {@code buffer}; 0 is the end of a stream, {@link #WOULD_BLOCK} nothing yet. */
  public static int receive(Fd fd, byte[] buffer) {
    return transferred(C.recv(fd.number(), buffer, buffer.length, 0), "recv");
  }

  /** Sends what fits now of {@code data}; {@link #WOULD_BLOCK} when nothing does. */
  public static int send(Fd fd, byte[] data) {
    return transferred(C.send(fd.number(), data, data.length, MSG_NOSIGNAL), "send");
  }

  /** Sends one datagram to {@code to}, an address as {@link DatagramBatch#sender} gives it. */
  public static int sendTo(Fd fd, byte[] data, byte[] to) {
    return transferred(
        C.sendto(fd.number(), data, data.length, MSG_NOSIGNAL, to, to.length), "sendto");
  }

  private static int transferred(long result, String call) {
    if (result >= 0) {
      return (int) result;
    }
    int errno = LibC.errno();
    if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
      return WOULD_BLOCK;
    }
    throw new LinuxException(errno, call, "");
  }

  /** The address that the socket is bound to. */
  public static InetSocketAddress localAddress(Fd fd) {
    byte[] address = new byte[28];
    int[] length = {address.length};
    check(C.getsockname(fd.number(), address, length), "getsockname", fd);
    return decode(Arrays.copyOf(address, length[0]));
  }

  /** The network namespace that a socket lives in (SIOCGSKNS); needs CAP_NET_ADMIN there. */
  public static Fd network(Fd fd) {
    return new Fd(check(C.ioctl(fd.number(), SIOCGSKNS, 0L), "ioctl SIOCGSKNS", fd));
  }

  private static byte[] encode(InetSocketAddress address) {
    byte[] raw = address.getAddress().getAddress();
    boolean v4 = address.getAddress() instanceof Inet4Address;
    ByteBuffer b = ByteBuffer.allocate(v4 ? 16 : 28).order(ByteOrder.nativeOrder());
    b.putShort((short) (v4 ? AF_INET : AF_INET6));
    b.put((byte) (address.getPort() >> 8)).put((byte) address.getPort());
    if (v4) {
      b.put(raw);
    } else {
      b.putInt(0).put(raw).putInt(((Inet6Address) address.getAddress()).getScopeId());
    }
    return b.array();
  }

  private static InetSocketAddress decode(byte[] sockaddr) {
    boolean v4 = sockaddr.length == 16;
    int port = (sockaddr[2] & 0xff) << 8 | sockaddr[3] & 0xff;
    byte[] raw = v4 ? Arrays.copyOfRange(sockaddr, 4, 8) : Arrays.copyOfRange(sockaddr, 8, 24);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(raw), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + raw.length + " bytes", e);
    }
  }

  private static byte[] nativeInt(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }
}

package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.RUNTIME;
import static io.jcompose.linux.LibC.check;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** AF_UNIX sockets that carry descriptors (unix(7), SCM_RIGHTS). */
public final class UnixSocket implements AutoCloseable {
  public static final int STREAM = 1;
  public static final int SEQPACKET = 5;

  private static final int AF_UNIX = 1;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SO_PEERCRED = 17;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_TRUNC = 0x20;
  private static final int MAX_FDS = 253;
  private static final int CMSG_HEADER = 16;

  /** What a thread receives into: native memory is given back only when its Java object is collected. */
  private static final ThreadLocal<Message> RECEIVING = new ThreadLocal<>();

  private final Fd fd;

  public UnixSocket(Fd fd) {
    this.fd = fd;
  }

  /** Bytes received, and the descriptors that came with them. {@code length} 0: the peer has closed. */
  public record Received(byte[] data, int length, List<Fd> fds) {}

  /** The peer's process, user and group at the time it connected (SO_PEERCRED). */
  public record Credentials(int pid, int uid, int gid) {}

  public static UnixSocket[] pair(int type) {
    int[] fds = new int[2];
    check(C.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), "socketpair", "");
    return new UnixSocket[] {new UnixSocket(new Fd(fds[0])), new UnixSocket(new Fd(fds[1]))};
  }

  /** A listening socket at {@code path}; the file must not exist. */
  public static UnixSocket listen(String path, int type, int backlog) {
    Fd fd = new Fd(check(C.socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "socket", "AF_UNIX"));
    try (SocketPath fitting = SocketPath.of(Path.of(path))) {
      byte[] address = address(fitting);
      // Its name gets this mode, without what the umask takes: for root alone from the beginning.
      check(C.fchmod(fd.number(), 0600), "chmod", path);
      check(C.bind(fd.number(), address, address.length), "bind", path);
      check(C.listen(fd.number(), backlog), "listen", path);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    return new UnixSocket(fd);
  }

  public static UnixSocket connect(String path, int type) {
    Fd fd = new Fd(check(C.socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "socket", "AF_UNIX"));
    try (SocketPath fitting = SocketPath.of(Path.of(path))) {
      byte[] address = address(fitting);
      check(C.connect(fd.number(), address, address.length), "connect", path);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    return new UnixSocket(fd);
  }

  private static byte[] address(SocketPath path) {
    byte[] bytes = path.text().getBytes(StandardCharsets.UTF_8);
    byte[] address = new byte[2 + bytes.length + 1];
    address[0] = AF_UNIX;
    System.arraycopy(bytes, 0, address, 2, bytes.length);
    return address;
  }

  public Fd fd() {
    return fd;
  }

  /** Waits for a connection. */
  public UnixSocket accept() {
    while (true) {
      int client = C.accept4(fd.number(), null, null, SOCK_CLOEXEC);
      if (client >= 0) {
        return new UnixSocket(new Fd(client));
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR && errno != Errno.ECONNABORTED) {
        throw new LinuxException(errno, "accept", "");
      }
    }
  }

  public Credentials peer() {
    byte[] value = new byte[12];
    check(C.getsockopt(fd.number(), SOL_SOCKET, SO_PEERCRED, value, new int[] {12}), "getsockopt", "");
    var b = java.nio.ByteBuffer.wrap(value).order(java.nio.ByteOrder.nativeOrder());
    return new Credentials(b.getInt(0), b.getInt(4), b.getInt(8));
  }

  /** Sends all of {@code data}; the descriptors ride on its first byte, so data must not be empty. */
  public void send(byte[] data, List<Fd> fds) {
    if (fds.size() > MAX_FDS) {
      throw new IllegalArgumentException("more than " + MAX_FDS + " descriptors");
    }
    int sent = 0;
    if (!fds.isEmpty()) {
      sent = sendWithFds(data, fds);
    }
    while (sent < data.length) {
      byte[] rest = sent == 0 ? data : Arrays.copyOfRange(data, sent, data.length);
      long count = C.send(fd.number(), rest, rest.length, MSG_NOSIGNAL);
      if (count < 0) {
        int errno = LibC.errno();
        if (errno == Errno.EINTR) {
          continue;
        }
        throw new LinuxException(errno, "send", "");
      }
      sent += (int) count;
    }
  }

  /** Sends {@code data} if there is room for it at once; false when there is not, or nobody to take it. */
  public boolean sendNow(byte[] data) {
    return fd.isOpen() && C.send(fd.number(), data, data.length, MSG_NOSIGNAL | MSG_DONTWAIT) == data.length;
  }

  private int sendWithFds(byte[] data, List<Fd> fds) {
    Message message = new Message(data.length, CMSG_HEADER + 4 * fds.size());
    Pointer memory = message.memory;
    memory.putLong(Message.CONTROL, CMSG_HEADER + 4L * fds.size());
    memory.putInt(Message.CONTROL + 8, SOL_SOCKET);
    memory.putInt(Message.CONTROL + 12, SCM_RIGHTS);
    for (int i = 0; i < fds.size(); i++) {
      memory.putInt(Message.CONTROL + CMSG_HEADER + 4L * i, fds.get(i).number());
    }
    memory.put(message.payload, data, 0, data.length);
    while (true) {
      long count = C.sendmsg(fd.number(), memory, MSG_NOSIGNAL);
      if (count >= 0) {
        return (int) count;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "sendmsg", "");
      }
    }
  }

  /**
   * Receives at most {@code capacity} bytes (one message of a SEQPACKET socket) and its descriptors. Throws {@link
   * DescriptorsLostException} when these found no place in this process.
   */
  public Received receive(int capacity) {
    Message message = receiving(capacity);
    Pointer memory = message.memory;
    long count;
    while (true) {
      count = C.recvmsg(fd.number(), memory, MSG_CMSG_CLOEXEC);
      if (count >= 0) {
        break;
      }
      int errno = LibC.errno();
      if (errno == Errno.ECONNRESET) {
        return new Received(new byte[0], 0, List.of());
      }
      if (errno != Errno.EINTR) {
        throw new LinuxException(errno, "recvmsg", "");
      }
    }
    List<Fd> fds = new ArrayList<>();
    if (memory.getLong(40) >= CMSG_HEADER && memory.getInt(Message.CONTROL + 12) == SCM_RIGHTS) {
      int number = (int) (memory.getLong(Message.CONTROL) - CMSG_HEADER) / 4;
      for (int i = 0; i < number; i++) {
        fds.add(new Fd(memory.getInt(Message.CONTROL + CMSG_HEADER + 4L * i)));
      }
    }
    int flags = memory.getInt(48);
    if ((flags & MSG_TRUNC) != 0) {
      fds.forEach(Fd::close);
      throw new LinuxException(Errno.EMSGSIZE, "recvmsg", "truncated message");
    }
    byte[] data = new byte[(int) count];
    memory.get(message.payload, data, 0, data.length);
    if ((flags & MSG_CTRUNC) != 0) {
      fds.forEach(Fd::close);
      throw new DescriptorsLostException(data);
    }
    return new Received(data, data.length, fds);
  }

  private static Message receiving(int capacity) {
    Message message = RECEIVING.get();
    if (message == null || message.capacity < capacity) {
      message = new Message(capacity, CMSG_HEADER + 4 * MAX_FDS);
      RECEIVING.set(message);
    }
    message.prepare(capacity);
    return message;
  }

  /** Ends both directions: a thread that waits in {@link #receive} or {@link #accept} returns. */
  public void shutdown() {
    if (fd.isOpen()) {
      C.shutdown(fd.number(), 2);
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  /** A msghdr with its iovec, control buffer and payload in one piece of native memory. */
  private static final class Message {
    static final int IOVEC = 56;
    static final int CONTROL = 72;
    final Pointer memory;
    final long payload;
    final int capacity;
    private final int control;

    Message(int payloadLength, int controlLength) {
      capacity = payloadLength;
      control = (controlLength + 7) / 8 * 8;
      payload = CONTROL + control;
      memory = Memory.allocateDirect(RUNTIME, (int) payload + Math.max(1, payloadLength), true);
      memory.putLong(16, memory.address() + IOVEC);
      memory.putLong(24, 1);
      memory.putLong(IOVEC, memory.address() + payload);
      memory.putLong(32, memory.address() + CONTROL);
      prepare(payloadLength);
    }

    /** For a call of its own: the kernel has written over lengths and flags. */
    void prepare(int payloadLength) {
      memory.putInt(8, 0);
      memory.putLong(IOVEC + 8, payloadLength);
      memory.putLong(40, control);
      memory.putInt(48, 0);
    }
  }
}

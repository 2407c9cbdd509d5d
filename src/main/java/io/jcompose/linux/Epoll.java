package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.RUNTIME;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * A level-triggered epoll(7) set with a wake-up. One thread waits; any thread may {@link #wake()}
 * it. A descriptor must be removed before it is closed: where another process holds a duplicate,
 * the kernel goes on reporting the closed one.
 */
public final class Epoll implements AutoCloseable {
  public static final int IN = 0x1;
  public static final int OUT = 0x4;
  public static final int ERR = 0x8;
  public static final int HUP = 0x10;

  /** The token that {@link #token} gives for a wake-up; others must be greater. */
  public static final long WAKE = 0;

  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int CTL_MOD = 3;
  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;
  private static final int CAPACITY = 64;

  /** struct epoll_event is packed on x86-64 alone (epoll_ctl(2)). */
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  private static final int DATA = PACKED ? 4 : 8;
  private static final int SIZE = DATA + 8;

  private final Fd epoll = new Fd(check(C.epoll_create1(CLOEXEC), "epoll_create1", ""));
  private final Fd wake = new Fd(check(C.eventfd(0, CLOEXEC | NONBLOCK), "eventfd", ""));
  private final ByteBuffer events =
      ByteBuffer.allocateDirect(CAPACITY * SIZE).order(ByteOrder.nativeOrder());
  private final Pointer memory = Pointer.wrap(RUNTIME, events);

  public Epoll() {
    add(wake, IN, WAKE);
  }

  public void add(Fd fd, int interest, long token) {
    control(CTL_ADD, fd, interest, token);
  }

  public void modify(Fd fd, int interest, long token) {
    control(CTL_MOD, fd, interest, token);
  }

  public void remove(Fd fd) {
    control(CTL_DEL, fd, 0, 0);
  }

  private void control(int operation, Fd fd, int interest, long token) {
    byte[] event = new byte[SIZE];
    ByteBuffer.wrap(event).order(ByteOrder.nativeOrder()).putInt(0, interest).putLong(DATA, token);
    check(C.epoll_ctl(epoll.number(), operation, fd.number(), event), "epoll_ctl", fd);
  }

  /** Waits at most {@code millis} (−1: for ever) and returns how many descriptors are ready. */
  public int await(int millis) {
    int count = C.epoll_wait(epoll.number(), memory, CAPACITY, millis);
    if (count < 0) {
      int errno = LibC.errno();
      if (errno == Errno.EINTR) {
        return 0;
      }
      throw new LinuxException(errno, "epoll_wait", "");
    }
    for (int i = 0; i < count; i++) {
      if (token(i) == WAKE) {
        C.read(wake.number(), new byte[8], 8);
      }
    }
    return count;
  }

  /** The token of the i-th ready descriptor. */
  public long token(int i) {
    return events.getLong(i * SIZE + DATA);
  }

  /** What the i-th ready descriptor is ready for. */
  public int ready(int i) {
    return events.getInt(i * SIZE);
  }

  /** Makes the present or next {@link #await} return. */
  public void wake() {
    byte[] one = new byte[8];
    ByteBuffer.wrap(one).order(ByteOrder.nativeOrder()).putLong(0, 1);
    C.write(wake.number(), one, 8);
  }

  @Override
  public void close() {
    wake.close();
    epoll.close();
  }
}

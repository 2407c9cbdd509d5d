package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** inotify(7): the kernel's word that something changed in a folder. */
public final class Inotify implements AutoCloseable {
  public static final int IN_MODIFY = 0x2;
  public static final int IN_CREATE = 0x100;
  public static final int IN_MOVED_TO = 0x80;
  public static final int IN_IGNORED = 0x8000;
  public static final int IN_Q_OVERFLOW = 0x4000;

  private static final int IN_CLOEXEC = 0x80000;
  private final Fd fd;

  public Inotify() {
    fd = new Fd(check(C.inotify_init1(IN_CLOEXEC), "inotify_init", ""));
  }

  /** {@code watch} is −1 when the kernel's queue overflowed and anything may have changed. */
  public record Event(int watch, int mask) {}

  /** Watches {@code path}; returns the watch's number, which is the same for the same inode. */
  public int add(String path, int mask) {
    return check(C.inotify_add_watch(fd.number(), Fs.z(path), mask), "inotify_add_watch", path);
  }

  /** Ends a watch; one whose inode is gone has ended by itself. */
  public void remove(int watch) {
    if (C.inotify_rm_watch(fd.number(), watch) < 0 && LibC.errno() != Errno.EINVAL) {
      throw new LinuxException(LibC.errno(), "inotify_rm_watch", String.valueOf(watch));
    }
  }

  /** Waits for events; for a platform thread of its own. */
  public List<Event> read() {
    byte[] buffer = new byte[8192];
    int length = Fs.read(fd, buffer);
    ByteBuffer b = ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.nativeOrder());
    List<Event> events = new ArrayList<>();
    while (b.remaining() >= 16) {
      int watch = b.getInt();
      int mask = b.getInt();
      b.getInt();
      int nameLength = b.getInt();
      b.position(b.position() + nameLength);
      events.add(new Event(watch, mask));
    }
    return events;
  }

  @Override
  public void close() {
    fd.close();
  }
}

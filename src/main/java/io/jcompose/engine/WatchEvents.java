package io.jcompose.engine;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Inotify;
import io.jcompose.linux.LinuxException;
import java.nio.file.Path;

/** Tells that something changed in any of many folders; what it was is for a look at them to say. */
final class WatchEvents implements AutoCloseable {
  /** A change is told when nothing followed it for so long: an editor or a checkout writes many files. */
  private static final long QUIET_NANOS = 100_000_000;

  /** It is told after this long at the latest, though changes go on. */
  private static final long LONGEST_NANOS = 1_000_000_000;

  private static final int IN_ATTRIB = 0x4;
  private static final int IN_CLOSE_WRITE = 0x8;
  private static final int IN_MOVED_FROM = 0x40;
  private static final int IN_DELETE = 0x200;
  private static final int IN_DELETE_SELF = 0x400;
  private static final int IN_MOVE_SELF = 0x800;
  private static final int CHANGES =
      Inotify.IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_FROM | Inotify.IN_MOVED_TO | Inotify.IN_CREATE
          | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;

  private final Cancellation cancellation;
  private final Inotify inotify;
  private final Cancellation.Registration registration;
  private final Thread reader;

  /** A watch that never tells anything but its own end, which is how the reader is woken. */
  private final int waker;

  private volatile boolean closed;
  private long first;
  private long last;
  private boolean changed;

  WatchEvents(Cancellation cancellation) {
    this.cancellation = cancellation;
    try {
      inotify = new Inotify();
    } catch (LinuxException e) {
      throw new EngineException(
          "no more watches can be begun: " + Errno.message(e.errno()) + "; raise fs.inotify.max_user_instances", e);
    }
    waker = inotify.add("/", IN_DELETE_SELF);
    reader = Thread.ofPlatform().name("watch").daemon().stackSize(128 * 1024).start(this::read);
    registration = cancellation.onRequest(this::wake);
  }

  /** Watches what is directly in {@code folder}; one that is gone is not. */
  void watch(Path folder) {
    try {
      inotify.add(folder.toString(), CHANGES);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOSPC)) {
        throw new EngineException(
            "there are more folders to watch than the kernel allows, at " + folder
                + "; raise fs.inotify.max_user_watches, or name what need not be watched in ignore",
            e);
      }
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.EACCES)) {
        throw e;
      }
    }
  }

  /** Waits until something has changed and is calm again; false when the caller asked for an end, or left. */
  boolean await() {
    synchronized (this) {
      try {
        while (!cancellation.over()) {
          long now = System.nanoTime();
          long left = changed ? Math.min(last + QUIET_NANOS - now, first + LONGEST_NANOS - now) : 0;
          if (changed && left <= 0) {
            changed = false;
            return true;
          }
          wait(left / 1_000_000, (int) (left % 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }

  private void read() {
    while (!closed) {
      inotify.read();
      synchronized (this) {
        last = System.nanoTime();
        first = changed ? first : last;
        changed = true;
        notifyAll();
      }
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public void close() {
    registration.close();
    closed = true;
    inotify.remove(waker);
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inotify.close();
  }
}

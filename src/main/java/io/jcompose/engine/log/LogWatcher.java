package io.jcompose.engine.log;

import io.jcompose.linux.Inotify;
import io.jcompose.linux.LinuxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells readers that a log folder changed: one inotify descriptor and one thread for all of them. */
public final class LogWatcher implements AutoCloseable {
  private final Inotify inotify = new Inotify();
  private final Map<Integer, List<Runnable>> listeners = new HashMap<>();
  private volatile boolean closed;

  public LogWatcher() {
    Thread.ofPlatform().name("log-watcher").daemon().stackSize(128 * 1024).start(this::run);
  }

  /** Runs {@code listener}, which must not block, after each change in {@code folder} until closed. */
  Watch watch(Path folder, Runnable listener) {
    synchronized (listeners) {
      int number =
          inotify.add(
              folder.toString(), Inotify.IN_MODIFY | Inotify.IN_CREATE | Inotify.IN_MOVED_TO);
      listeners.computeIfAbsent(number, n -> new ArrayList<>()).add(listener);
      return () -> forget(number, listener);
    }
  }

  private void forget(int number, Runnable listener) {
    synchronized (listeners) {
      List<Runnable> remaining = listeners.get(number);
      if (remaining != null && remaining.remove(listener) && remaining.isEmpty()) {
        listeners.remove(number);
        inotify.remove(number);
      }
    }
  }

  private void run() {
    while (!closed) {
      List<Inotify.Event> events;
      try {
        events = inotify.read();
      } catch (LinuxException | IllegalStateException e) {
        return;
      }
      List<Runnable> toRun = new ArrayList<>();
      synchronized (listeners) {
        for (Inotify.Event event : events) {
          if ((event.mask() & Inotify.IN_Q_OVERFLOW) != 0) {
            listeners.values().forEach(toRun::addAll);
          } else {
            toRun.addAll(listeners.getOrDefault(event.watch(), List.of()));
          }
          if ((event.mask() & Inotify.IN_IGNORED) != 0) {
            listeners.remove(event.watch());
          }
        }
      }
      toRun.forEach(Runnable::run);
    }
  }

  @Override
  public void close() {
    closed = true;
    inotify.close();
  }

  /** Ends a watch. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}

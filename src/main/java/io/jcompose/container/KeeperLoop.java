package io.jcompose.container;

import io.jcompose.linux.Epoll;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The one thread that reads the answers and events of all keepers. */
public final class KeeperLoop implements AutoCloseable {
  private final Epoll epoll = new Epoll();
  private final AtomicLong tokens = new AtomicLong(Epoll.WAKE);
  private final Map<Long, Keeper> keepers = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  public KeeperLoop() {
    thread = Thread.ofPlatform().name("keepers").daemon().stackSize(256 * 1024).start(this::run);
  }

  void add(Keeper keeper) {
    long token = tokens.incrementAndGet();
    keepers.put(token, keeper);
    epoll.add(keeper.socket().fd(), Epoll.IN, token);
  }

  private void run() {
    while (!closed) {
      int count = epoll.await(-1);
      for (int i = 0; i < count; i++) {
        Keeper keeper = keepers.get(epoll.token(i));
        if (keeper != null && !keeper.read()) {
          keepers.remove(epoll.token(i));
          epoll.remove(keeper.socket().fd());
          keeper.gone();
        }
      }
    }
    keepers.values().forEach(Keeper::gone);
    epoll.close();
  }

  /** Hangs up on all keepers; they and their containers live on. */
  @Override
  public void close() {
    closed = true;
    epoll.wake();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

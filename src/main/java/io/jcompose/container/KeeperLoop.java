package io.jcompose.container;

import io.jcompose.linux.Epoll;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The one thread that reads the answers and events of all keepers. */
public final class KeeperLoop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("container.keepers");

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
        long token = epoll.token(i);
        Keeper keeper = keepers.get(token);
        if (keeper != null) {
          serve(token, keeper);
        }
      }
    }
    keepers.values().forEach(Keeper::gone);
    epoll.close();
  }

  /** One keeper's trouble, or that of its listener, must not become that of all. */
  private void serve(long token, Keeper keeper) {
    boolean goesOn = false;
    try {
      goesOn = keeper.read();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "hanging up on a keeper", e);
    }
    if (!goesOn) {
      keepers.remove(token);
      epoll.remove(keeper.socket().fd());
      keeper.gone();
    }
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

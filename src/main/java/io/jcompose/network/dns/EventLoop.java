package io.jcompose.network.dns;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One thread that waits for descriptors and for times. A loop of its own rather than netty's:
 * queries come and go by the batch in one system call without an object each, nothing is unpacked
 * or warmed up when the engine starts, and a socket whose duplicate lives on in a keeper is let go
 * in an order that we see.
 */
final class EventLoop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
  private static final int STACK = 256 * 1024;
  private static final long PAUSE_MILLIS = 250;

  /** Told on the loop's thread that a descriptor is ready. */
  interface Ready {
    /** {@code events} as {@link Epoll#ready}. */
    void ready(int events);
  }

  private final Epoll epoll = new Epoll();
  private final Map<Long, Registration> registrations = new HashMap<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ConcurrentLinkedQueue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean ending;
  private long lastToken = Epoll.WAKE;

  EventLoop(String name) {
    thread = Thread.ofPlatform().name(name).daemon().stackSize(STACK).start(this::run);
  }

  /** A descriptor that the loop watches and owns. */
  final class Registration implements AutoCloseable {
    private final Fd fd;
    private final Ready handler;
    private final long token;
    private int interest;

    private Registration(Fd fd, Ready handler, int interest, long token) {
      this.fd = fd;
      this.handler = handler;
      this.interest = interest;
      this.token = token;
    }

    Fd fd() {
      return fd;
    }

    void interest(int events) {
      if (events != interest) {
        interest = events;
        epoll.modify(fd, events, token);
      }
    }

    /** Lets what could not be served wait a moment, rather than be reported again at once. */
    private void pause() {
      int wanted = interest;
      if (wanted != 0 && registrations.containsKey(token)) {
        interest(0);
        after(
            PAUSE_MILLIS,
            () -> {
              if (registrations.containsKey(token)) {
                interest(wanted);
              }
            });
      }
    }

    /** Stops watching, then closes: in this order, see {@link Epoll}. Harmless when repeated. */
    @Override
    public void close() {
      if (registrations.remove(token) != null) {
        epoll.remove(fd);
        fd.close();
      }
    }
  }

  /** Something to do at a time, unless cancelled. */
  static final class Timer implements Comparable<Timer> {
    private final long nanoTime;
    private Runnable work;

    /** One that is never due. */
    static Timer none() {
      return new Timer(0, () -> {});
    }

    private Timer(long nanoTime, Runnable work) {
      this.nanoTime = nanoTime;
      this.work = work;
    }

    void cancel() {
      work = () -> {};
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(nanoTime - other.nanoTime);
    }
  }

  /** Watches {@code fd}, which from here on is the loop's. On the loop's thread. */
  Registration register(Fd fd, int interest, Ready handler) {
    long token = ++lastToken;
    Registration registration = new Registration(fd, handler, interest, token);
    try {
      epoll.add(fd, interest, token);
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
    registrations.put(token, registration);
    return registration;
  }

  /** Does {@code work} in {@code millis}. On the loop's thread. */
  Timer after(long millis, Runnable work) {
    Timer timer = new Timer(System.nanoTime() + millis * 1_000_000, work);
    timers.add(timer);
    return timer;
  }

  /** Does {@code work} on the loop's thread and waits for its result. From any other thread. */
  <T> T call(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    tasks.add(task);
    if (ending) {
      task.cancel(false);
    } else {
      epoll.wake();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (CancellationException e) {
          throw new IllegalStateException("the DNS server is closed", e);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (!ending) {
      try {
        turn();
      } catch (OutOfMemoryError e) {
        // Not even the report of a failure had room; other threads use the same heap, and give it
        // back.
        Thread.onSpinWait();
      }
    }
  }

  private void turn() {
    int count = epoll.await(untilNextTimer());
    for (int i = 0; i < count; i++) {
      Registration registration = registrations.get(epoll.token(i));
      if (registration != null) {
        int events = epoll.ready(i);
        guarded(() -> registration.handler.ready(events), registration::pause);
      }
    }
    long now = System.nanoTime();
    while (!timers.isEmpty() && timers.peek().nanoTime - now <= 0) {
      guarded(timers.poll().work, () -> {});
    }
    for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** One handler's failure, even for want of memory, must not end the names of all containers. */
  private static void guarded(Runnable work, Runnable afterFailure) {
    try {
      work.run();
    } catch (LinuxException e) {
      LOG.log(System.Logger.Level.WARNING, "DNS: {0}", e.getMessage());
      afterFailure.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "DNS: a handler failed", e);
      afterFailure.run();
    }
  }

  private int untilNextTimer() {
    if (!tasks.isEmpty()) {
      return 0;
    }
    Timer next = timers.peek();
    if (next == null) {
      return -1;
    }
    long nanos = next.nanoTime - System.nanoTime();
    return nanos <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000 + 1);
  }

  /** Ends the thread and lets go of all descriptors. */
  @Override
  public synchronized void close() {
    if (ending) {
      return;
    }
    ending = true;
    epoll.wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    registrations.values().stream().toList().forEach(Registration::close);
    for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) {
      task.cancel(false);
    }
    epoll.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

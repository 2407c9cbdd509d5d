package io.jcompose.engine;

import io.jcompose.engine.log.LogReader;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A caller joined to a container's standard streams until the container ends or the caller leaves. Its output is
 * read from its log, so a caller who reads slowly holds up nobody, and one who leaves ends nothing.
 */
final class Session {
  private static final System.Logger LOG = System.getLogger("engine.session");
  private static final int BUFFER = 16 * 1024;
  private static final int STDERR = 2;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final int PATIENCE = 3;
  private static final int STACK = 128 * 1024;
  private static final byte[] LET_GO = {0};

  private final Unit unit;
  private final StreamOptions options;
  private final Invocation invocation;
  private final LogWatcher watcher;
  private final boolean tty;

  /** Otherwise the end of the caller's input is not the container's: another may be joined to it later. */
  private final boolean once;
  private final Cancellation over = new Cancellation();
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private final AtomicInteger interrupts = new AtomicInteger();
  private final DetachKeys keys;
  private final List<Integer> early = new ArrayList<>();
  private volatile boolean detached;
  private volatile int run;

  Session(Unit unit, StreamOptions options, Invocation invocation, LogWatcher watcher) {
    this.unit = unit;
    this.options = options;
    this.invocation = invocation;
    this.watcher = watcher;
    this.tty = unit.record().spec().process().tty();
    this.once = unit.record().lifetime().inputOnce();
    this.keys = DetachKeys.parse(options.detachKeys());
    checkTerminal();
  }

  private void checkTerminal() {
    if (options.input() && tty && !invocation.inputIsTerminal()) {
      throw new EngineException("cannot attach stdin to a TTY-enabled container because stdin is not a terminal");
    }
  }

  /**
   * Joins the streams and stays until the container has ended and all that it wrote is shown, or until the caller
   * has left it.
   *
   * @param begin starts the container, or makes sure that it runs
   * @return the container's exit code; empty when it was left running
   */
  Optional<Integer> attend(Runnable begin) {
    try (Cancellation.Registration hold = unit.disposal().hold();
        Cancellation.Registration leaving = invocation.cancellation().onRequest(this::callerLeaves);
        Cancellation.Registration signals =
            options.forwardSignals() ? invocation.cancellation().forwardSignals(this::forward) : () -> {}) {
      Thread shown = show();
      try {
        begin.run();
        run = Math.max(1, unit.status().run());
        forwardEarly();
        return untilEnd();
      } finally {
        over.request();
        wakeAll();
        if (!invocation.cancellation().gone()) {
          join(shown);
        }
      }
    }
  }

  private Optional<Integer> untilEnd() {
    try (AutoCloseable input = joinInput()) {
      unit.awaitCalmly(u -> ended(), over);
      return Optional.of(unit.status().exitCode());
    } catch (CancelledException e) {
      if (interrupts.get() >= PATIENCE) {
        throw new EngineException(
            "got " + PATIENCE + " SIGTERM/SIGINTs, forcefully exiting; container " + unit.record().name() + " runs on");
      }
      if (detached) {
        invocation.err().println("read escape sequence");
      }
      return Optional.empty();
    } catch (EngineException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the run that was joined is over; a policy may have begun another since. */
  private boolean ended() {
    ContainerState state = unit.status().state();
    return unit.removed()
        || run > 0 && unit.status().run() > run
        || run > 0 && state != ContainerState.RUNNING && state != ContainerState.PAUSED;
  }

  private void callerLeaves() {
    if (invocation.cancellation().gone() || run > 0 && invocation.cancellation().requested()) {
      over.request();
      wakeAll();
    }
  }

  private void forward(int signal) {
    if (signal == SIGINT || signal == SIGTERM) {
      if (interrupts.incrementAndGet() >= PATIENCE) {
        over.request();
        return;
      }
    }
    synchronized (early) {
      if (run == 0) {
        early.add(signal);
        return;
      }
    }
    unit.live().ifPresent(live -> live.signal(signal));
  }

  /** What came while the container was being started: it could already be heard, but not yet be told. */
  private void forwardEarly() {
    synchronized (early) {
      early.forEach(signal -> unit.live().ifPresent(live -> live.signal(signal)));
      early.clear();
    }
  }

  private void wakeAll() {
    wakes.forEach(Runnable::run);
  }

  /** Shows what the container writes; returns when nothing of it can be missed any more. */
  private Thread show() {
    CountDownLatch watching = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .name("session-out")
            .daemon()
            .stackSize(STACK)
            .start(
                () -> {
                  try {
                    new LogReader(unit.logFolder())
                        .followBytes(
                            options.fromNow(), this::write, watcher, this::nothingFollows, wakes::add, watching::countDown);
                  } catch (Output.ClosedException e) {
                    over.request();
                  } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, unit.record().name() + ": its output is not shown", e);
                    over.request();
                  } finally {
                    watching.countDown();
                  }
                });
    await(watching);
    return thread;
  }

  private boolean nothingFollows() {
    return over.requested() || ended();
  }

  private void write(int stream, byte[] bytes) {
    if (detached || invocation.cancellation().gone()) {
      return;
    }
    boolean error = stream == STDERR;
    if (error ? options.error() : options.output()) {
      (error ? invocation.err() : invocation.out()).write(bytes, 0, bytes.length);
    }
  }

  private AutoCloseable joinInput() {
    Optional<Terminal> terminal = invocation.terminal();
    if (tty) {
      terminal.ifPresent(
          t ->
              t.onResize((rows, columns) -> unit.live().ifPresent(live -> live.resize(0, rows, columns))));
    }
    if (!options.input()) {
      return () -> {};
    }
    Optional<Fd> given = invocation.stdio().getFirst();
    if (given.isPresent()) {
      return feed(given.get());
    }
    if (terminal.isEmpty() || !invocation.inputIsTerminal()) {
      unit.live().filter(live -> once).ifPresent(Live::endInput);
      return () -> {};
    }
    Pipe pipe = Pipe.open();
    try (Fd reader = pipe.reader()) {
      unit.live().ifPresent(live -> live.feed(reader, once && !tty));
    }
    terminal.get().input(tty ? Terminal.Input.RAW : Terminal.Input.LINES);
    Thread typing =
        Thread.ofPlatform()
            .name("session-in")
            .daemon()
            .stackSize(STACK)
            .start(() -> type(terminal.get(), pipe.writer()));
    return () -> {
      terminal.get().input(Terminal.Input.NONE);
      typing.interrupt();
      join(typing);
    };
  }

  /**
   * What others may hold open, and write to for somebody else, is read no longer than the caller stays. When the engine
   * dies, it is read on: the container must not take that for the end of its input.
   */
  private AutoCloseable feed(Fd input) {
    Pipe leash = Pipe.open();
    unit.live().ifPresent(live -> live.feed(input, leash.reader(), once));
    return () -> {
      try (leash) {
        Fs.write(leash.writer(), LET_GO, LET_GO.length);
      }
    };
  }

  private void type(Terminal terminal, Fd to) {
    byte[] buffer = new byte[BUFFER];
    try (to) {
      while (true) {
        int count = terminal.read(buffer);
        if (count < 0) {
          return;
        }
        byte[] bytes = tty ? keys.pass(buffer, count) : java.util.Arrays.copyOf(buffer, count);
        Fs.write(to, bytes, bytes.length);
        if (keys.complete()) {
          detached = true;
          over.request();
          return;
        }
      }
    } catch (CancelledException | LinuxException | IllegalStateException e) {
      // The container has ended, and with it the reader of what is typed.
      return;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }
}

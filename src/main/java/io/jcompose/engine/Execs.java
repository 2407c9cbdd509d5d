package io.jcompose.engine;

import io.jcompose.container.ExecSpec;
import io.jcompose.container.Keeper;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/** Runs commands in running containers, with the caller's terminal or streams. */
final class Execs {
  private static final int BUFFER = 16 * 1024;
  private static final int INTERRUPTED = 130;

  /** Runs the command to its end and returns its exit code; detached: 0 as soon as it runs. */
  int run(Unit unit, ExecRequest request, Invocation invocation) {
    Live live =
        unit.live()
            .filter(l -> unit.status().state() == ContainerState.RUNNING)
            .orElseThrow(() -> refusal(unit));
    ExecSpec spec =
        new ExecSpec(
            request.command(), request.environment(), request.directory(), request.user(),
            request.tty(), request.privileged());
    if (request.detach()) {
      live.exec(spec, 0, 0, Map.of()).pidfd().close();
      return 0;
    }
    return request.tty() ? onTerminal(live, spec, invocation) : onStreams(live, spec, invocation);
  }

  private static EngineException refusal(Unit unit) {
    ContainerState state = unit.status().state();
    String name = unit.record().name();
    return state == ContainerState.PAUSED
        ? new EngineException("container " + name + " is paused, unpause the container before exec")
        : new EngineException("container " + name + " is not running: it is " + state.word());
  }

  private static int onTerminal(Live live, ExecSpec spec, Invocation invocation) {
    Terminal terminal = invocation.terminal().orElseThrow();
    Keeper.Process process = live.exec(spec, terminal.rows(), terminal.columns(), Map.of());
    try (Fd pidfd = process.pidfd();
        Fd master = process.terminal().orElseThrow()) {
      terminal.onResize((rows, columns) -> live.resize(process.number(), rows, columns));
      terminal.input(Terminal.Input.RAW);
      Thread typed =
          Thread.ofPlatform().name("exec-in").daemon().stackSize(128 * 1024).start(() -> type(terminal, master));
      Thread shown =
          Thread.ofPlatform().name("exec-out").daemon().stackSize(128 * 1024).start(() -> show(master, invocation.out()));
      int code = await(process, invocation.cancellation());
      if (process.exit().isDone()) {
        join(shown);
      }
      terminal.input(Terminal.Input.NONE);
      typed.interrupt();
      if (process.exit().isDone()) {
        join(typed);
      }
      return code;
    }
  }

  private static void type(Terminal terminal, Fd master) {
    byte[] buffer = new byte[BUFFER];
    try {
      while (true) {
        int count = terminal.read(buffer);
        if (count < 0) {
          return;
        }
        Fs.write(master, buffer, count);
      }
    } catch (CancelledException | LinuxException | IllegalStateException e) {
      // The command has ended, and with it the terminal that this was typed to.
      return;
    }
  }

  private static void show(Fd from, Output to) {
    byte[] buffer = new byte[BUFFER];
    try {
      while (true) {
        int count = Fs.read(from, buffer);
        if (count == 0) {
          return;
        }
        to.write(buffer, 0, count);
      }
    } catch (LinuxException | IllegalStateException | Output.ClosedException e) {
      // EIO is how a terminal's master says that nobody has its other end any more.
      return;
    }
  }

  private static int onStreams(Live live, ExecSpec spec, Invocation invocation) {
    Map<Integer, Fd> streams = new HashMap<>();
    List<Fd> ours = new ArrayList<>();
    List<Thread> pumps = new ArrayList<>();
    try {
      invocation.stdio().get(0).ifPresent(fd -> streams.put(0, fd));
      Pipe input = null;
      if (invocation.inputIsTerminal()) {
        input = Pipe.open();
        ours.add(input.reader());
        ours.add(input.writer());
        streams.put(0, input.reader());
      }
      for (int number = 1; number <= 2; number++) {
        Output output = number == 1 ? invocation.out() : invocation.err();
        if (output.terminal()) {
          Pipe pipe = Pipe.open();
          ours.add(pipe.writer());
          streams.put(number, pipe.writer());
          pumps.add(pump(pipe.reader(), output));
        } else if (invocation.stdio().get(number).isPresent()) {
          streams.put(number, invocation.stdio().get(number).get());
        }
      }
      Keeper.Process process = live.exec(spec, 0, 0, streams);
      if (input != null) {
        ours.remove(input.writer());
        readLines(invocation.terminal().orElseThrow(), input.writer());
      }
      ours.forEach(Fd::close);
      try (Fd pidfd = process.pidfd()) {
        int code = await(process, invocation.cancellation());
        if (code != INTERRUPTED || !invocation.cancellation().requested()) {
          pumps.forEach(Execs::join);
        }
        return code;
      }
    } finally {
      ours.forEach(Fd::close);
    }
  }

  private static Thread pump(Fd from, Output to) {
    return Thread.ofPlatform()
        .name("exec-out")
        .daemon()
        .stackSize(128 * 1024)
        .start(
            () -> {
              try (from) {
                show(from, to);
              }
            });
  }

  private static void readLines(Terminal terminal, Fd to) {
    terminal.input(Terminal.Input.LINES);
    Thread.ofPlatform()
        .name("exec-in")
        .daemon()
        .stackSize(128 * 1024)
        .start(
            () -> {
              try (to) {
                type(terminal, to);
              }
            });
  }

  /** Waits for the end of the process, or for the caller to leave; the process then goes on alone. */
  private static int await(Keeper.Process process, Cancellation cancellation) {
    CountDownLatch over = new CountDownLatch(1);
    process.exit().whenComplete((exit, failure) -> over.countDown());
    try (Cancellation.Registration registration = cancellation.onRequest(over::countDown)) {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!process.exit().isDone()) {
      return INTERRUPTED;
    }
    try {
      return process.exit().join().code();
    } catch (CompletionException e) {
      throw new EngineException("the container ended, and this command with it", 137, e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.jcompose.engine;

import io.jcompose.container.ExecSpec;
import io.jcompose.container.Keeper;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Runs commands in running containers, with the caller's terminal or streams. */
final class Execs {
  private static final int BUFFER = 16 * 1024;
  private static final int STACK = 128 * 1024;
  private static final int INTERRUPTED = 130;

  /** Runs the command to its end and returns its exit code; 0 as soon as the caller has detached from it. */
  int run(Unit unit, ExecRequest request, Invocation invocation) {
    Live live =
        unit.live()
            .filter(l -> unit.status().state() == ContainerState.RUNNING)
            .orElseThrow(() -> refusal(unit));
    String id = RandomId.next();
    String command = String.join(" ", request.command());
    unit.publish(Event.Kind.EXEC_CREATE, Map.of("execID", id, "command", command));
    Consumer<Keeper.Process> begun =
        process -> {
          unit.publish(Event.Kind.EXEC_START, Map.of("execID", id, "command", command));
          process
              .exit()
              .thenAccept(
                  exit ->
                      unit.publish(
                          Event.Kind.EXEC_DIE, Map.of("execID", id, "exitCode", Integer.toString(exit.code()))));
        };
    Run run = new Run(live, request, invocation, begun);
    if (request.detach()) {
      run.begin(0, 0, Map.of()).pidfd().close();
      return 0;
    }
    return request.tty() ? run.onTerminal() : run.onStreams();
  }

  private static EngineException refusal(Unit unit) {
    ContainerState state = unit.status().state();
    String name = unit.record().name();
    return state == ContainerState.PAUSED
        ? new EngineException("container " + name + " is paused, unpause the container before exec")
        : new EngineException("container " + name + " is not running: it is " + state.word());
  }

  /** One command. */
  private static final class Run {
    private final Live live;
    private final ExecRequest request;
    private final Invocation invocation;
    private final Consumer<Keeper.Process> begun;
    private final DetachKeys keys;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean detached;

    Run(Live live, ExecRequest request, Invocation invocation, Consumer<Keeper.Process> begun) {
      this.live = live;
      this.request = request;
      this.invocation = invocation;
      this.begun = begun;
      this.keys = DetachKeys.parse(request.detachKeys());
    }

    Keeper.Process begin(int rows, int columns, Map<Integer, Fd> streams) {
      ExecSpec spec =
          new ExecSpec(
              request.command(), request.environment(), request.directory(), request.user(), request.tty(),
              request.privileged());
      Keeper.Process process = live.exec(spec, rows, columns, streams);
      begun.accept(process);
      return process;
    }

    int onTerminal() {
      Optional<Terminal> terminal = invocation.terminal();
      Keeper.Process process =
          begin(terminal.map(Terminal::rows).orElse(0), terminal.map(Terminal::columns).orElse(0), Map.of());
      try (Fd pidfd = process.pidfd();
          Fd master = process.terminal().orElseThrow()) {
        terminal.ifPresent(t -> t.onResize((rows, columns) -> live.resize(process.number(), rows, columns)));
        Optional<Thread> typed =
            terminal.filter(t -> request.input() && invocation.inputIsTerminal()).map(t -> typing(t, master));
        Thread shown = thread("exec-out", () -> show(master, invocation.out()));
        int code = await(process);
        boolean ended = process.exit().isDone();
        if (ended) {
          join(shown);
        }
        typed.ifPresent(
            thread -> {
              terminal.orElseThrow().input(Terminal.Input.NONE);
              thread.interrupt();
              if (ended) {
                join(thread);
              }
            });
        return code;
      }
    }

    private Thread typing(Terminal terminal, Fd master) {
      terminal.input(Terminal.Input.RAW);
      return thread("exec-in", () -> type(terminal, master, keys));
    }

    private void type(Terminal terminal, Fd to, DetachKeys detaching) {
      byte[] buffer = new byte[BUFFER];
      try {
        while (true) {
          int count = terminal.read(buffer);
          if (count < 0) {
            return;
          }
          byte[] bytes = detaching == null ? Arrays.copyOf(buffer, count) : detaching.pass(buffer, count);
          Fs.write(to, bytes, bytes.length);
          if (detaching != null && detaching.complete()) {
            detached = true;
            over.countDown();
            return;
          }
        }
      } catch (CancelledException | LinuxException | IllegalStateException e) {
        // The command has ended, and with it the terminal that this was typed to.
        return;
      }
    }

    int onStreams() {
      Map<Integer, Fd> streams = new HashMap<>();
      List<Fd> ours = new ArrayList<>();
      List<Thread> pumps = new ArrayList<>();
      try {
        Pipe typed = null;
        if (request.input() && invocation.inputIsTerminal()) {
          typed = Pipe.open();
          ours.add(typed.reader());
          ours.add(typed.writer());
          streams.put(0, typed.reader());
        } else if (request.input()) {
          invocation.stdio().get(0).ifPresent(fd -> streams.put(0, fd));
        }
        for (int number = 1; number <= 2; number++) {
          Output output = number == 1 ? invocation.out() : invocation.err();
          if (output.terminal()) {
            Pipe pipe = Pipe.open();
            ours.add(pipe.writer());
            streams.put(number, pipe.writer());
            pumps.add(thread("exec-out", () -> showAll(pipe.reader(), output)));
          } else if (invocation.stdio().get(number).isPresent()) {
            streams.put(number, invocation.stdio().get(number).get());
          }
        }
        Keeper.Process process = begin(0, 0, streams);
        if (typed != null) {
          ours.remove(typed.writer());
          readLines(invocation.terminal().orElseThrow(), typed.writer());
        }
        ours.forEach(Fd::close);
        try (Fd pidfd = process.pidfd()) {
          int code = await(process);
          if (process.exit().isDone()) {
            pumps.forEach(Execs::join);
          } else {
            live.leave(process);
          }
          return code;
        }
      } finally {
        ours.forEach(Fd::close);
      }
    }

    private void readLines(Terminal terminal, Fd to) {
      terminal.input(Terminal.Input.LINES);
      thread(
          "exec-in",
          () -> {
            try (to) {
              type(terminal, to, null);
            }
          });
    }

    /** Waits for the end of the process, or for the caller to leave; the process then goes on alone. */
    private int await(Keeper.Process process) {
      process.exit().whenComplete((exit, failure) -> over.countDown());
      try (Cancellation.Registration registration = invocation.cancellation().onRequest(over::countDown)) {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (detached && !process.exit().isDone()) {
        return 0;
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
  }

  private static Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().name(name).daemon().stackSize(STACK).start(work);
  }

  private static void showAll(Fd from, Output to) {
    try (from) {
      show(from, to);
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

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

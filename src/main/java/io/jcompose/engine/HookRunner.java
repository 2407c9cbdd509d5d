package io.jcompose.engine;

import io.jcompose.container.ExecSpec;
import io.jcompose.container.Keeper;
import io.jcompose.engine.state.HookSpec;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import io.jcompose.linux.Processes;
import io.jcompose.plan.ContainerState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs the commands that stand around a container's start and stop, in the container (SEMANTICS 3.1, 22). */
final class HookRunner {
  private static final System.Logger LOG = System.getLogger("engine.hooks");
  /** What a hook has left in the background may hold its pipe for ever. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);
  private final Unit unit;
  private final Progress progress;
  private final Cancellation cancellation;
  private final int requests;

  /** Only what is asked for from now on ends a hook: a restart that was begun is finished. */
  HookRunner(Unit unit, Progress progress, Cancellation cancellation) {
    this.unit = unit;
    this.progress = progress;
    this.cancellation = cancellation;
    this.requests = cancellation.requests();
  }

  private boolean asked() {
    return cancellation.requests() > requests;
  }

  /** What follows a start. The first that fails ends it, and is the start's failure. */
  void postStart() {
    for (HookSpec hook : unit.record().lifetime().postStart()) {
      if (asked()) {
        throw new CancelledException();
      }
      int code = run(hook);
      if (code != 0) {
        throw new EngineException(words("post_start", hook, code));
      }
    }
  }

  /** What precedes a stop. Nothing that fails here keeps a container from being stopped. */
  void preStop() {
    if (unit.status().state() != ContainerState.RUNNING) {
      return;
    }
    for (HookSpec hook : unit.record().lifetime().preStop()) {
      try {
        int code = run(hook);
        if (code != 0) {
          progress.warning(words("pre_stop", hook, code) + "; it is stopped all the same");
        }
      } catch (CancelledException e) {
        progress.warning(named("pre_stop", hook) + " was ended; it is stopped all the same");
      } catch (EngineException e) {
        progress.warning(e.getMessage() + "; it is stopped all the same");
      }
    }
  }

  private String words(String kind, HookSpec hook, int code) {
    return named(kind, hook) + " exited (" + code + ")";
  }

  private String named(String kind, HookSpec hook) {
    return "container " + unit.record().name() + ": its " + kind + " hook \"" + String.join(" ", hook.command()) + "\"";
  }

  private int run(HookSpec hook) {
    Live live =
        unit.live()
            .orElseThrow(
                () -> new EngineException("container " + unit.record().name() + " has ended before its hook"));
    ExecSpec spec =
        new ExecSpec(
            hook.command(), hook.environment(), hook.directory(), hook.user(), false,
            hook.privileged());
    Pipe pipe = Pipe.open();
    Keeper.Process process;
    try {
      process = live.exec(spec, 0, 0, Map.of(1, pipe.writer(), 2, pipe.writer()));
    } catch (RuntimeException e) {
      pipe.close();
      throw e;
    }
    pipe.writer().close();
    HookOutput output =
        HookOutput.show(pipe.reader(), line -> progress.output("Container", unit.record().name(), line));
    try (Fd pidfd = process.pidfd()) {
      return awaitExit(process, pidfd);
    } finally {
      output.end(DRAIN_LIMIT);
    }
  }

  /** Waits for its end; when the command is asked to end meanwhile, so does the hook. */
  private int awaitExit(Keeper.Process process, Fd pidfd) {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    try (Cancellation.Registration registration =
        cancellation.onRequest(
            () -> {
              if (asked()) {
                asked.complete(null);
              }
            })) {
      CompletableFuture.anyOf(process.exit(), asked).join();
      if (process.exit().isDone()) {
        return process.exit().join().code();
      }
      kill(pidfd);
      throw new CancelledException();
    } catch (CompletionException e) {
      throw new EngineException("container " + unit.record().name() + " has ended, and its hook with it", e);
    }
  }

  private static void kill(Fd pidfd) {
    try {
      Processes.signal(pidfd, Processes.SIGKILL);
    } catch (LinuxException e) {
      LOG.log(System.Logger.Level.DEBUG, "a hook has ended by itself", e);
    }
  }
}

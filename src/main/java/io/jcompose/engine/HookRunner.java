package io.jcompose.engine;

import io.jcompose.container.ExecSpec;
import io.jcompose.container.Keeper;
import io.jcompose.engine.state.HookSpec;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import io.jcompose.plan.ContainerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Runs the commands that stand around a container's start and stop, in the container (SEMANTICS 3.1, 22). */
final class HookRunner {
  private static final System.Logger LOG = System.getLogger("engine.hooks");
  private final Unit unit;
  private final Progress progress;

  HookRunner(Unit unit, Progress progress) {
    this.unit = unit;
    this.progress = progress;
  }

  /** What follows a start. The first that fails ends it, and is the start's failure. */
  void postStart() {
    for (HookSpec hook : unit.record().lifetime().postStart()) {
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
      } catch (EngineException e) {
        progress.warning(e.getMessage() + "; it is stopped all the same");
      }
    }
  }

  private String words(String kind, HookSpec hook, int code) {
    return "container " + unit.record().name() + ": its " + kind + " hook \"" + String.join(" ", hook.command())
        + "\" exited (" + code + ")";
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
    process.pidfd().close();
    pipe.writer().close();
    Thread shown =
        Thread.ofPlatform().name("hook-out").daemon().stackSize(128 * 1024).start(() -> show(pipe.reader()));
    try {
      int code = process.exit().join().code();
      shown.join();
      return code;
    } catch (CompletionException e) {
      throw new EngineException("container " + unit.record().name() + " has ended, and its hook with it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  private void show(Fd from) {
    try (from;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(new FdStream(from), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        progress.output("Container", unit.record().name(), line);
      }
    } catch (IOException | LinuxException | IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "a hook's output ends", e);
    }
  }

  /** A descriptor as a stream; it is not closed with it. */
  private static final class FdStream extends InputStream {
    private final Fd fd;

    FdStream(Fd fd) {
      this.fd = fd;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      byte[] buffer = new byte[length];
      int count = io.jcompose.linux.Fs.read(fd, buffer);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(buffer, 0, into, offset, count);
      return count;
    }
  }
}

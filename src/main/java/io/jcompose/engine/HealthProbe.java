package io.jcompose.engine;

import io.jcompose.container.ExecSpec;
import io.jcompose.container.Keeper;
import io.jcompose.container.KeeperGoneException;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Pipe;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What one run of a health check's command came to.
 *
 * @param exitCode −1: it took longer than its timeout
 * @param output the beginning of what it wrote
 */
record HealthProbe(int exitCode, String output) {
  private static final System.Logger LOG = System.getLogger("engine.health");
  private static final int OUTPUT = 4096;
  private static final int OUTPUT_LIMIT_MILLIS = 1000;
  private static final int SIGKILL = 9;
  private static final int LOST = 255;

  boolean ok() {
    return exitCode == 0;
  }

  /**
   * Runs a health check's command.
   *
   * @param timeout milliseconds
   */
  static HealthProbe run(Live live, List<String> argv, long timeout) throws InterruptedException {
    try (Pipe pipe = Pipe.open()) {
      Keeper.Process process;
      try {
        process = live.exec(ExecSpec.of(argv), 0, 0, Map.of(1, pipe.writer(), 2, pipe.writer()));
      } catch (EngineException e) {
        return new HealthProbe(e.exitCode(), e.getMessage());
      }
      process.pidfd().close();
      pipe.writer().close();
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      Thread reader =
          Thread.ofPlatform()
              .name("probe-output")
              .daemon()
              .stackSize(64 * 1024)
              .start(() -> keepBeginning(pipe.reader(), output));
      int code = await(live.keeper(), process, timeout);
      if (code >= 0) {
        // Something that the probe has left running may hold its output open for ever.
        reader.join(Duration.ofMillis(OUTPUT_LIMIT_MILLIS));
      }
      String text;
      synchronized (output) {
        text = output.toString(StandardCharsets.UTF_8);
      }
      return new HealthProbe(
          code, code < 0 ? "Health check exceeded timeout (" + timeout + " ms)" : text);
    } catch (KeeperGoneException e) {
      return new HealthProbe(LOST, e.getMessage());
    }
  }

  private static void keepBeginning(Fd from, ByteArrayOutputStream to) {
    byte[] buffer = new byte[OUTPUT];
    try {
      for (int count = Fs.read(from, buffer); count > 0; count = Fs.read(from, buffer)) {
        synchronized (to) {
          to.write(buffer, 0, Math.min(count, OUTPUT - to.size()));
        }
      }
    } catch (LinuxException | IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "a probe's output ends", e);
    }
  }

  /** The exit code; −1 when the probe had to be killed. */
  private static int await(Keeper keeper, Keeper.Process process, long timeout) throws InterruptedException {
    try {
      return process.exit().get(timeout, TimeUnit.MILLISECONDS).code();
    } catch (TimeoutException e) {
      try {
        keeper.signal(process.number(), SIGKILL, true);
        process.exit().get(timeout, TimeUnit.MILLISECONDS);
      } catch (LinuxException | TimeoutException | ExecutionException again) {
        LOG.log(System.Logger.Level.DEBUG, "a probe outlives its end", again);
      }
      return -1;
    } catch (ExecutionException e) {
      return LOST;
    }
  }
}

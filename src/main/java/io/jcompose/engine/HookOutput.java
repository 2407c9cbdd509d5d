package io.jcompose.engine;

import io.jcompose.linux.Epoll;
import io.jcompose.linux.Fd;
import io.jcompose.linux.FdStreams;
import io.jcompose.linux.LinuxException;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/** Passes on what a hook writes, line by line, until it has ended; who holds its pipe after that is not waited for. */
final class HookOutput {
  private static final System.Logger LOG = System.getLogger("engine.hooks");
  private static final long OUTPUT = 1;
  private static final int STACK = 128 * 1024;
  private final Fd from;
  private final Consumer<String> lines;
  private final Epoll ready = new Epoll();
  private final Thread reader;
  private volatile boolean over;

  private HookOutput(Fd from, Consumer<String> lines) {
    this.from = from;
    this.lines = lines;
    this.reader = Thread.ofPlatform().name("hook-out").daemon().stackSize(STACK).unstarted(this::read);
  }

  /** Begins to read {@code from}, which is closed in the end. */
  static HookOutput show(Fd from, Consumer<String> lines) {
    HookOutput output = new HookOutput(from, lines);
    output.ready.add(from, Epoll.IN, OUTPUT);
    output.reader.start();
    return output;
  }

  /** Reads on until all writers are gone, at most for {@code limit}. */
  void end(Duration limit) {
    try {
      reader.join(limit);
      over = true;
      ready.wake();
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      if (!reader.isAlive()) {
        ready.close();
      }
    }
  }

  private void read() {
    try (from;
        BufferedReader text = new BufferedReader(new InputStreamReader(new UntilOver(), StandardCharsets.UTF_8))) {
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        lines.accept(line);
      }
    } catch (IOException | LinuxException | IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "a hook's output ends", e);
    }
  }

  /** Ends when all writers are gone, or when it is over and nothing is there to be read. */
  private final class UntilOver extends FilterInputStream {
    UntilOver() {
      super(FdStreams.input(from));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (!over) {
        int count = ready.await(-1);
        for (int i = 0; i < count; i++) {
          if (ready.token(i) == OUTPUT) {
            return super.read(into, offset, length);
          }
        }
      }
      return -1;
    }
  }
}

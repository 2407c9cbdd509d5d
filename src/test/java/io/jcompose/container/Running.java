package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Pipe;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A container of a test that runs while the test looks at it. */
record Running(TestHost host, ContainerSpec spec, Keeper keeper, Keeper.Process process) {
  static Running start(TestHost host, ContainerSpec spec) {
    host.containers.create(spec);
    Keeper keeper = host.keepers.create(spec);
    Containers.Started started = host.containers.start(spec, host.containers.lay(spec), host.inputs(keeper, 1));
    started.process().pidfd().close();
    return new Running(host, spec, keeper, started.process());
  }

  /** Feeds {@code text} into the standard input. */
  void type(String text) {
    type(text, false);
  }

  /** Feeds {@code text} into the standard input, and its end. */
  void typeLast(String text) {
    type(text, true);
  }

  private void type(String text, boolean last) {
    try (Pipe pipe = Pipe.open()) {
      Fs.write(pipe.writer(), text.getBytes(StandardCharsets.UTF_8));
      keeper.feed(0, pipe.reader(), last);
    }
  }

  record Executed(int code, String output) {}

  /** Runs a command with both of its output streams in one pipe. */
  Executed exec(ExecSpec exec, String input) throws Exception {
    try (Pipe out = Pipe.open();
        Pipe in = Pipe.open()) {
      Keeper.Process started =
          host.containers.exec(
              spec, keeper, exec, Map.of(0, in.reader(), 1, out.writer(), 2, out.writer()), 0, 0);
      started.pidfd().close();
      out.writer().close();
      in.reader().close();
      Fs.write(in.writer(), input.getBytes(StandardCharsets.UTF_8));
      in.writer().close();
      CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> readAll(out.reader()));
      Exit exit = started.exit().get(20, TimeUnit.SECONDS);
      return new Executed(exit.code(), output.get(20, TimeUnit.SECONDS));
    }
  }

  Executed exec(String... argv) throws Exception {
    return exec(ExecSpec.of(List.of(argv)), "");
  }

  static String readAll(Fd fd) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try {
      for (int count = Fs.read(fd, buffer); count > 0; count = Fs.read(fd, buffer)) {
        all.write(buffer, 0, count);
      }
    } catch (io.jcompose.linux.LinuxException e) {
      if (!e.is(io.jcompose.linux.Errno.EIO)) { // how a terminal tells its end
        throw e;
      }
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** Waits for the end, and removes everything. */
  TestHost.Ran end() throws Exception {
    try {
      Exit exit = process.exit().get(20, TimeUnit.SECONDS);
      long oomKills = host.cgroups.of(spec.id()).oomKills();
      host.containers.finish(spec, keeper);
      return new TestHost.Ran(exit.code(), host.log(spec), oomKills);
    } finally {
      keeper.end();
      host.containers.remove(spec);
    }
  }

  /** Kills it, and removes everything. */
  TestHost.Ran kill() throws Exception {
    host.containers.kill(spec, keeper, 1);
    return end();
  }
}

package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import io.jcompose.linux.Fd;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs a command that needs no engine in the caller's own process. */
public final class LocalMain {
  private LocalMain() {}

  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("--verb-table")) {
      System.out.print(Commands.verbTable());
      return;
    }
    Invocation invocation =
        new Invocation(
            List.of(arguments),
            Path.of(System.getProperty("user.dir")),
            System.getenv(),
            new StreamOutput(System.out),
            new StreamOutput(System.err),
            List.of(Optional.of(new Fd(0)), Optional.empty(), Optional.empty()),
            false,
            Optional.empty(),
            new Cancellation());
    int code = Commands.run(invocation, Optional.empty());
    System.out.flush();
    System.exit(code);
  }

  private record StreamOutput(PrintStream stream) implements Output {
    @Override
    public void write(byte[] bytes, int offset, int length) {
      stream.write(bytes, offset, length);
      stream.flush();
      if (stream.checkError()) {
        throw new ClosedException();
      }
    }

    @Override
    public boolean terminal() {
      return false;
    }
  }
}

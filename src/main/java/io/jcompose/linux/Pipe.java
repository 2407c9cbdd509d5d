package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

/** Both ends of a pipe(7). */
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
  private static final int O_CLOEXEC = 0x80000;

  public static Pipe open() {
    int[] fds = new int[2];
    check(C.pipe2(fds, O_CLOEXEC), "pipe", "");
    return new Pipe(new Fd(fds[0]), new Fd(fds[1]));
  }

  @Override
  public void close() {
    reader.close();
    writer.close();
  }
}

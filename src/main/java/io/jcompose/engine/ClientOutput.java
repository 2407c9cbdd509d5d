package io.jcompose.engine;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A client's standard output or standard error: a terminal of the client's, or a descriptor that it has sent. */
final class ClientOutput implements Output {
  private static final int LARGEST_FRAME = 32 * 1024;
  private final ClientConnection connection;
  private final int frameType;
  private final Optional<Fd> fd;
  private final boolean terminal;
  private final BooleanSupplier framed;

  /**
   * @param fd empty where it is a terminal, or closed
   * @param framed whether even what could be written here is to go through the client
   */
  ClientOutput(ClientConnection connection, int frameType, Optional<Fd> fd, boolean terminal, BooleanSupplier framed) {
    this.connection = connection;
    this.frameType = frameType;
    this.fd = fd;
    this.terminal = terminal;
    this.framed = framed;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (terminal || fd.isPresent() && framed.getAsBoolean()) {
      for (int at = 0; at < length; at += LARGEST_FRAME) {
        connection.send(frameType, bytes, offset + at, Math.min(LARGEST_FRAME, length - at));
      }
    } else if (fd.isPresent()) {
      writeHere(fd.get(), bytes, offset, length);
    }
  }

  private synchronized void writeHere(Fd to, byte[] bytes, int offset, int length) {
    byte[] part = offset == 0 ? bytes : java.util.Arrays.copyOfRange(bytes, offset, offset + length);
    try {
      Fs.write(to, part, length);
    } catch (LinuxException | IllegalStateException e) {
      throw new ClosedException();
    }
  }

  @Override
  public boolean terminal() {
    return terminal;
  }
}

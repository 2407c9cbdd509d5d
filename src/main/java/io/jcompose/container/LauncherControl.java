package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.UnixSocket;
import java.util.List;

/** The engine's end of the control socket to its launcher (src/main/c/launcher.md). */
public final class LauncherControl implements KeeperSpawner, AutoCloseable {
  private static final int SPAWN = 0x01;
  private static final int QUIT = 0x02;
  private static final int RENEW = 0x03;
  private static final int SPAWNED = 0x80;
  private static final int ANSWER_LENGTH = 4096;

  private final UnixSocket socket;
  private int tag;

  /** @param control descriptor 4 of an engine that the launcher started */
  public LauncherControl(Fd control) {
    socket = new UnixSocket(control);
  }

  @Override
  public synchronized int spawn(String name, Fd listening) {
    tag++;
    socket.send(
        Frame.encode(SPAWN, tag, new Frame.Writer().string(name).bytes()), List.of(listening));
    while (true) {
      UnixSocket.Received received = socket.receive(ANSWER_LENGTH);
      if (received.length() == 0) {
        throw new LinuxException(Errno.EPIPE, "spawn", "the launcher is gone");
      }
      Frame answer = Frame.decode(received.data(), received.fds());
      if (answer.tag() != tag) {
        continue;
      }
      int value = answer.payload().getInt();
      if (answer.type() != SPAWNED) {
        throw new LinuxException(value, "spawn of a keeper", name);
      }
      return value;
    }
  }

  /** The engine leaves by its own will: it is not started again. */
  public synchronized void quit() {
    socket.send(Frame.encode(QUIT, ++tag, new byte[0]), List.of());
  }

  /** The engine leaves to be started again from the same files at once. */
  public synchronized void renew() {
    socket.send(Frame.encode(RENEW, ++tag, new byte[0]), List.of());
  }

  @Override
  public void close() {
    socket.close();
  }
}

package io.jcompose.engine;

import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.UnixSocket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** One client's connection: reads its frames on a thread of its own, and is its terminal and outputs. */
final class ClientConnection implements Terminal, AutoCloseable {
  private static final byte[] END_OF_INPUT = new byte[0];
  private static final long LAST_WORD_MILLIS = 50;

  private final UnixSocket socket;
  private final Frame.Assembler assembler = new Frame.Assembler();
  private final ReentrantLock sending = new ReentrantLock();
  private final Cancellation cancellation = new Cancellation();
  private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();
  private final List<Fd> received = new ArrayList<>();
  private byte[] partlyRead = END_OF_INPUT;
  private boolean inputEnded;
  private volatile int rows;
  private volatile int columns;
  private volatile BiConsumer<Integer, Integer> resizeListener = (r, c) -> {};

  ClientConnection(UnixSocket socket) {
    this.socket = socket;
  }

  /**
   * What a client says first.
   *
   * @param kept what the engine before gave it to keep; empty when it is older than that, and keeps nothing
   */
  record Invoke(
      int version,
      long buildStamp,
      int terminals,
      int closed,
      long mountNamespace,
      long networkNamespace,
      long rootDevice,
      long rootInode,
      String directory,
      List<String> arguments,
      List<String> environment,
      Optional<Map<Integer, String>> kept) {}

  /** Waits for the INVOKE frame; null when the client leaves before. */
  Invoke readInvoke() {
    Frame frame = readFrame();
    if (frame == null) {
      return null;
    }
    if (frame.version() != Frame.VERSION) {
      return new Invoke(frame.version(), 0, 0, 0, 0, 0, 0, 0, "/", List.of(), List.of(), Optional.empty());
    }
    if (frame.type() != Frame.INVOKE) {
      throw new IllegalArgumentException("first frame has type " + frame.type());
    }
    ByteBuffer b = frame.reader();
    long stamp = b.getLong();
    int bits = b.get();
    rows = b.getShort() & 0xffff;
    columns = b.getShort() & 0xffff;
    return new Invoke(
        frame.version(),
        stamp,
        bits & 7,
        bits >> 3 & 7,
        b.getLong(),
        b.getLong(),
        b.getLong(),
        b.getLong(),
        Frame.string(b),
        Frame.strings(b),
        Frame.strings(b),
        b.hasRemaining() ? Optional.of(Frame.parts(b)) : Optional.empty());
  }

  private Frame readFrame() {
    while (true) {
      Frame frame = assembler.next();
      if (frame != null) {
        return frame;
      }
      UnixSocket.Received bytes = socket.receive(65536);
      if (bytes.length() == 0) {
        return null;
      }
      received.addAll(bytes.fds());
      assembler.add(bytes.data(), bytes.length());
    }
  }

  /**
   * @param onlyFollows is told whether an engine may make way in the middle of the command
   */
  Invocation invocation(Invoke invoke, Consumer<Boolean> onlyFollows) {
    List<Optional<Fd>> stdio = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < 3; i++) {
      boolean sent = ((invoke.terminals() | invoke.closed()) >> i & 1) == 0;
      stdio.add(sent && next < received.size() ? Optional.of(received.get(next++)) : Optional.empty());
    }
    Map<String, String> environment = new HashMap<>();
    for (String variable : invoke.environment()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    Optional<ClientContinuation> resumable =
        invoke.kept().map(kept -> new ClientContinuation(this, kept, onlyFollows));
    Output out = output(invoke, stdio, 1, Frame.OUT, resumable);
    Output err = output(invoke, stdio, 2, Frame.ERR, resumable);
    return new Invocation(
        invoke.arguments(),
        Path.of(invoke.directory()),
        environment,
        out,
        err,
        stdio,
        (invoke.terminals() & 1) != 0,
        invoke.terminals() == 0 ? Optional.empty() : Optional.of(this),
        cancellation,
        resumable.map(Continuation.class::cast).orElseGet(() -> Continuation.none(out, err)));
  }

  private Output output(
      Invoke invoke, List<Optional<Fd>> stdio, int number, int frameType, Optional<ClientContinuation> resumable) {
    boolean terminal = (invoke.terminals() >> number & 1) != 0;
    return new ClientOutput(
        this, frameType, stdio.get(number), terminal, () -> resumable.map(ClientContinuation::begun).orElse(false));
  }

  /** Reads frames until the client leaves. */
  void serve() {
    try {
      while (true) {
        Frame frame = readFrame();
        if (frame == null) {
          break;
        }
        take(frame);
      }
    } catch (LinuxException
        | IllegalArgumentException
        | IllegalStateException
        | BufferUnderflowException e) {
      System.getLogger("engine").log(System.Logger.Level.DEBUG, "client connection ends", e);
    } finally {
      typed.add(END_OF_INPUT);
      cancellation.callerGone();
    }
  }

  private void take(Frame frame) {
    switch (frame.type()) {
      case Frame.STDIN -> typed.add(frame.payload());
      case Frame.STDIN_EOF -> typed.add(END_OF_INPUT);
      case Frame.RESIZE -> {
        ByteBuffer b = frame.reader();
        rows = b.getShort() & 0xffff;
        columns = b.getShort() & 0xffff;
        resizeListener.accept(rows, columns);
      }
      case Frame.SIGNAL -> cancellation.signal(frame.reader().get());
      default -> throw new IllegalArgumentException("frame of type " + frame.type());
    }
  }

  void send(int type, byte[] payload, int offset, int length) {
    send(Frame.encode(type, payload, offset, length));
  }

  void send(byte[] frame) {
    sending.lock();
    try {
      socket.send(frame, List.of());
    } catch (LinuxException | IllegalStateException e) {
      throw new Output.ClosedException();
    } finally {
      sending.unlock();
    }
  }

  /** Says that no engine follows this one, unless the client is so busy with its output that it would take time. */
  void stopped() {
    try {
      if (!sending.tryLock(LAST_WORD_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      socket.sendNow(Frame.encode(Frame.STOPPED, END_OF_INPUT, 0, 0));
    } finally {
      sending.unlock();
    }
  }

  void accepted() {
    send(Frame.ACCEPTED, END_OF_INPUT, 0, 0);
  }

  void refuse(int reason, String message) {
    sending.lock();
    try {
      socket.send(Frame.refusal(reason, message), List.of());
    } finally {
      sending.unlock();
    }
  }

  /**
   * Answers with the command's exit code.
   *
   * @param leaving the client is to wait until the engine is gone
   */
  void exit(int code, boolean leaving) {
    send(Frame.EXIT, new byte[] {(byte) code, (byte) (leaving ? 1 : 0)}, 0, 2);
  }

  UnixSocket.Credentials peer() {
    return socket.peer();
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void input(Input mode) {
    send(Frame.INPUT, new byte[] {(byte) mode.ordinal()}, 0, 1);
  }

  @Override
  public synchronized void onResize(BiConsumer<Integer, Integer> listener) {
    resizeListener = listener;
  }

  @Override
  public int read(byte[] buffer) {
    if (inputEnded) {
      return -1;
    }
    if (partlyRead.length == 0) {
      try {
        partlyRead = typed.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
      if (partlyRead.length == 0) {
        inputEnded = true;
        return -1;
      }
    }
    int count = Math.min(buffer.length, partlyRead.length);
    System.arraycopy(partlyRead, 0, buffer, 0, count);
    partlyRead = java.util.Arrays.copyOfRange(partlyRead, count, partlyRead.length);
    return count;
  }

  /** Ends the connection; the thread in {@link #serve} returns. */
  @Override
  public void close() {
    socket.shutdown();
    received.forEach(Fd::close);
  }

  void closeSocket() {
    socket.close();
  }
}

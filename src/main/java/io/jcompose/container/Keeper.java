package io.jcompose.container;

import io.jcompose.linux.DescriptorsLostException;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.UnixSocket;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A connection to a container's keeper (src/main/c/keeper.md). Requests block until the answer is there; events
 * come on the thread of the {@link KeeperLoop}. When the keeper or the connection ends, requests throw {@link
 * KeeperGoneException}.
 */
public final class Keeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("container.keeper");

  private static final int START = 0x01;
  private static final int EXEC = 0x02;
  private static final int SIGNAL = 0x03;
  private static final int RESIZE = 0x04;
  private static final int PUT = 0x05;
  private static final int GET = 0x06;
  private static final int DROP = 0x07;
  private static final int KEYS = 0x08;
  private static final int STATUS = 0x09;
  private static final int SUBSCRIBE = 0x0a;
  private static final int END = 0x0b;
  private static final int STDIN = 0x0c;
  private static final int STDIN_END = 0x0d;
  private static final int EXEC_INTO = 0x0e;
  private static final int LEAVE = 0x0f;
  private static final int STDIN_LEASHED = 0x10;
  private static final int ERROR = 0x81;
  private static final int FAILED = 0x83;
  private static final int EXITED = 0x84;

  private final UnixSocket socket;
  private final String name;
  private final AtomicInteger tags = new AtomicInteger();
  private final AtomicInteger execs = new AtomicInteger(-1);
  private final Map<Integer, CompletableFuture<Frame>> pending = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Exit>> exits = new ConcurrentHashMap<>();
  private volatile Listener listener = new Listener() {};
  private volatile boolean gone;

  private Keeper(UnixSocket socket, String name) {
    this.socket = socket;
    this.name = name;
  }

  /** Told of what happens, on the thread that serves all keepers: it must hand over and return. */
  public interface Listener {
    default void exited(Exit exit) {}

    /** The connection has ended, by {@link Keeper#close} or because the keeper is gone. */
    default void disconnected() {}
  }

  /**
   * A process that has been started.
   *
   * @param startTime field 22 of /proc/PID/stat, clock ticks; with the pid it names the process for ever
   * @param terminal the master of an exec's terminal
   * @param exit completed when the process has ended; exceptionally when the connection ends before
   */
  public record Process(
      int number,
      int pid,
      long startTime,
      Instant at,
      Fd pidfd,
      Optional<Fd> terminal,
      CompletableFuture<Exit> exit) {}

  /** What a START takes beside the program; see keeper.md. */
  record StartOptions(
      int run,
      long cloneFlags,
      User user,
      boolean stdin,
      boolean tty,
      int rows,
      int columns,
      LogOptions log,
      int cgroupSlot) {}

  /** Connects and subscribes to events. Throws ENOENT or ECONNREFUSED when there is no keeper. */
  public static Keeper connect(Path path, KeeperLoop loop) {
    UnixSocket socket = UnixSocket.connect(path.toString(), UnixSocket.SEQPACKET);
    Keeper keeper = new Keeper(socket, path.toString());
    loop.add(keeper);
    keeper.request(SUBSCRIBE, new byte[0], List.of());
    return keeper;
  }

  /** Sets who is told of events from now on; before, nobody is. */
  public void listen(Listener told) {
    listener = told;
    if (gone) {
      told.disconnected();
    }
  }

  UnixSocket socket() {
    return socket;
  }

  /** Reads one frame; false when the connection has ended. */
  boolean read() {
    List<Fd> fds = List.of();
    try {
      UnixSocket.Received received = socket.receive(Frame.MAX);
      fds = received.fds();
      if (received.length() == 0) {
        return false;
      }
      take(Frame.decode(received.data(), fds));
      return true;
    } catch (DescriptorsLostException e) {
      // The asker has to do without; the keeper, and what runs in it, is as well as before.
      refuse(Frame.decode(e.data(), List.of()).tag(), e);
      return true;
    } catch (LinuxException | BufferUnderflowException | IllegalArgumentException e) {
      fds.forEach(Fd::close);
      return false;
    }
  }

  private void refuse(int tag, LinuxException why) {
    CompletableFuture<Frame> asker = pending.remove(tag);
    if (asker != null) {
      asker.completeExceptionally(why);
    }
  }

  private void take(Frame frame) {
    if (frame.type() == EXITED) {
      int process = frame.payload().getInt();
      int run = frame.payload().getInt();
      int status = frame.payload().getInt();
      Exit exit = Exit.of(process, run, status, frame.payload().getLong());
      CompletableFuture<Exit> waiting =
          process == 0 ? exitOf(0, run) : exits.remove("exec " + process);
      if (waiting != null) {
        // What waits for it may ask this keeper again, so it must not run on the thread that reads answers.
        waiting.completeAsync(() -> exit, Thread::startVirtualThread);
      }
      tell(told -> told.exited(exit));
      return;
    }
    CompletableFuture<Frame> asker = pending.remove(frame.tag());
    if (asker == null) {
      frame.fds().forEach(Fd::close);
    } else {
      asker.complete(frame);
    }
  }

  void gone() {
    synchronized (this) {
      gone = true;
      socket.close();
    }
    KeeperGoneException reason = new KeeperGoneException();
    pending.values().forEach(asker -> asker.completeExceptionally(reason));
    List<CompletableFuture<Exit>> waiting = List.copyOf(exits.values());
    Thread.startVirtualThread(() -> waiting.forEach(e -> e.completeExceptionally(reason)));
    tell(Listener::disconnected);
  }

  private void tell(Consumer<Listener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a listener to the keeper at " + name + " failed", e);
    }
  }

  private Frame request(int type, byte[] payload, List<Fd> fds) {
    int tag = tags.updateAndGet(t -> t == Integer.MAX_VALUE ? 1 : t + 1);
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    pending.put(tag, answer);
    try {
      synchronized (this) {
        if (gone) {
          throw new KeeperGoneException();
        }
        socket.send(Frame.encode(type, tag, payload), fds);
      }
    } catch (LinuxException e) {
      pending.remove(tag);
      if (e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET)) {
        throw new KeeperGoneException();
      }
      throw e;
    }
    if (gone) {
      answer.completeExceptionally(new KeeperGoneException());
    }
    Frame frame = join(answer);
    return switch (frame.type()) {
      case ERROR -> throw new LinuxException(frame.payload().getInt(), "keeper", name);
      case FAILED ->
          throw new StepFailedException(
              frame.payload().getInt(), frame.payload().getInt(), frame.string());
      default -> frame;
    };
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KeeperGoneException || e.getCause() instanceof LinuxException) {
        throw (RuntimeException) e.getCause();
      }
      throw e;
    }
  }

  private CompletableFuture<Exit> exitOf(int process, int run) {
    String key = process == 0 ? "run " + run : "exec " + process;
    return exits.computeIfAbsent(key, k -> new CompletableFuture<>());
  }

  /** @param slots in the order of the program's */
  Process start(StartOptions options, Fd program, Fd logFolder, Fd runFolder, List<Fd> slots) {
    Frame.Writer payload =
        new Frame.Writer()
            .u32(options.run())
            .u64(options.cloneFlags())
            .u32(options.user().uid())
            .u32(options.user().gid())
            .u8(options.stdin() ? 1 : 0)
            .u8(options.tty() ? 1 : 0)
            .u16(options.rows())
            .u16(options.columns())
            .u64(options.log().maxSize())
            .u32(options.log().maxFiles())
            .u32(options.cgroupSlot());
    List<Fd> fds = new ArrayList<>(List.of(program, logFolder, runFolder));
    fds.addAll(slots);
    exits.keySet().removeIf(key -> key.startsWith("run "));
    CompletableFuture<Exit> exit = exitOf(0, options.run());
    return started(0, request(START, payload.bytes(), fds), exit);
  }

  /**
   * Starts one more process.
   *
   * @param cgroup the slot with the folder for CLONE_INTO_CGROUP, or −1; with one, a keeper of an older build answers
   *     ENOSYS
   * @param streams the caller's descriptors for 0, 1, 2; those absent are /dev/null
   */
  Process exec(
      User user,
      boolean tty,
      int rows,
      int columns,
      Fd program,
      List<Fd> slots,
      int cgroup,
      Map<Integer, Fd> streams) {
    int process = nextExec();
    int given = 0;
    List<Fd> fds = new ArrayList<>(List.of(program));
    fds.addAll(slots);
    for (int i = 0; i < 3; i++) {
      if (streams.containsKey(i)) {
        given |= 1 << i;
        fds.add(streams.get(i));
      }
    }
    Frame.Writer payload =
        new Frame.Writer()
            .u32(process)
            .u32(user.uid())
            .u32(user.gid())
            .u8(tty ? 1 : 0)
            .u16(rows)
            .u16(columns)
            .u8(given)
            .u32(slots.size());
    if (cgroup >= 0) {
      payload.u32(cgroup);
    }
    CompletableFuture<Exit> exit = exitOf(process, 0);
    try {
      return started(process, request(cgroup < 0 ? EXEC : EXEC_INTO, payload.bytes(), fds), exit);
    } catch (RuntimeException e) {
      exits.remove("exec " + process, exit);
      throw e;
    }
  }

  /** A number that no live exec has, also none that another engine started. */
  private synchronized int nextExec() {
    if (execs.get() < 0) {
      execs.set(status().execs().keySet().stream().mapToInt(n -> n).max().orElse(0));
    }
    return execs.incrementAndGet();
  }

  private static Process started(int number, Frame frame, CompletableFuture<Exit> exit) {
    int pid = frame.payload().getInt();
    long startTime = frame.payload().getLong();
    Exit at = Exit.of(number, 0, 0, frame.payload().getLong());
    List<Fd> fds = frame.fds();
    Optional<Fd> terminal = fds.size() > 1 ? Optional.of(fds.get(1)) : Optional.empty();
    return new Process(number, pid, startTime, at.at(), fds.getFirst(), terminal, exit);
  }

  /**
   * Completed when run {@code run} of the container has ended, also when that was before this connection.
   * Exceptionally when the connection ends first.
   */
  public CompletableFuture<Exit> exit(int run) {
    CompletableFuture<Exit> exit = exitOf(0, run);
    KeeperStatus status = status();
    if (status.state() == KeeperStatus.State.EXITED && status.run() == run) {
      exit.complete(status.exit());
    }
    return exit;
  }

  /** Signals process {@code number} (0: the container's first). Throws ESRCH when it has ended. */
  public void signal(int number, int signal, boolean wholeGroup) {
    byte[] payload =
        new Frame.Writer().u32(number).u32(signal).u8(wholeGroup ? 1 : 0).bytes();
    request(SIGNAL, payload, List.of());
  }

  /**
   * Lets go of the streams of the caller of exec {@code number}, which goes on alone; nothing when it has ended, or
   * when the keeper is older than this request.
   */
  public void leave(int number) {
    try {
      request(LEAVE, new Frame.Writer().u32(number).bytes(), List.of());
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH) && !e.is(Errno.ENOSYS)) {
        throw e;
      }
    }
  }

  public void resize(int number, int rows, int columns) {
    byte[] payload = new Frame.Writer().u32(number).u16(rows).u16(columns).bytes();
    request(RESIZE, payload, List.of());
  }

  /**
   * Pumps {@code from} into the open standard input of process {@code number}, until its end.
   *
   * @param last its input ends then, even if this engine dies before it can say so; a keeper that is older than this
   *     waits for {@link #endInput}
   */
  public void feed(int number, Fd from, boolean last) {
    request(STDIN, input(number, last), List.of(from));
  }

  private static byte[] input(int number, boolean last) {
    return new Frame.Writer().u32(number).u8(last ? 1 : 0).bytes();
  }

  /**
   * The same until something is written to the other end of the pipe {@code leash}; a keeper that is older than this
   * request pumps until the end.
   */
  public void feed(int number, Fd from, Fd leash, boolean last) {
    try {
      request(STDIN_LEASHED, input(number, last), List.of(from, leash));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOSYS)) {
        throw e;
      }
      feed(number, from, last);
    }
  }

  /** Lets the standard input of process {@code number} end when what is being pumped into it has. */
  public void endInput(int number) {
    request(STDIN_END, new Frame.Writer().u32(number).bytes(), List.of());
  }

  /** Gives {@code fd} to be kept under {@code key} (1–60 bytes); the caller's own stays open. */
  public void put(String key, Fd fd) {
    request(PUT, new Frame.Writer().string(key).bytes(), List.of(fd));
  }

  /** The descriptor that is kept under {@code key}, as a new one of the caller's. */
  public Optional<Fd> get(String key) {
    try {
      Frame frame = request(GET, new Frame.Writer().string(key).bytes(), List.of());
      return Optional.of(frame.fds().getFirst());
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Forgets {@code key}; one that is not kept is fine. */
  public void drop(String key) {
    try {
      request(DROP, new Frame.Writer().string(key).bytes(), List.of());
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  public List<String> keys() {
    Frame frame = request(KEYS, new byte[0], List.of());
    List<String> keys = new ArrayList<>();
    for (int left = frame.payload().getInt(); left > 0; left--) {
      keys.add(frame.string());
    }
    return keys;
  }

  public KeeperStatus status() {
    var payload = request(STATUS, new byte[0], List.of()).payload();
    KeeperStatus.State state = KeeperStatus.State.values()[payload.get()];
    int run = payload.getInt();
    int pid = payload.getInt();
    long startTime = payload.getLong();
    Exit exit = Exit.of(0, run, payload.getInt(), payload.getLong());
    long logged = payload.getLong();
    long dropped = payload.getLong();
    Map<Integer, Integer> live = new LinkedHashMap<>();
    for (int left = payload.getInt(); left > 0; left--) {
      live.put(payload.getInt(), payload.getInt());
    }
    return new KeeperStatus(state, run, pid, startTime, exit, logged, dropped, live);
  }

  /** Lets the keeper go, and with it what it keeps. Throws EBUSY while a process runs. */
  public void end() {
    try {
      request(END, new byte[0], List.of());
    } catch (KeeperGoneException e) {
      return; // it has left before its answer was read: that is what was asked
    }
    close();
  }

  /** Hangs up; keeper and container live on. */
  @Override
  public synchronized void close() {
    if (!gone) {
      socket.shutdown();
    }
  }
}

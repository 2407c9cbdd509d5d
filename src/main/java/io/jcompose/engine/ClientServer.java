package io.jcompose.engine;

import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.UnixSocket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Takes clients' calls on the listening socket and runs each command on a thread of its own. The rules of
 * who may call are those of client.md.
 */
public final class ClientServer {
  private static final int REFUSED_NAMESPACE = 1;
  private static final int REFUSED_CALLER = 2;
  private static final int REFUSED_VERSION = 3;
  private static final int REFUSED_RENEWING = 4;
  private static final System.Logger LOG = System.getLogger("engine.clients");

  private final UnixSocket listener;
  private final long buildStamp;
  private final ToIntFunction<Invocation> commands;
  private final Lifetime lifetime;
  private final Surroundings own = Surroundings.ofThisProcess();
  private final Set<ClientConnection> served = ConcurrentHashMap.newKeySet();

  /** What the engine's life depends on, as far as its clients are concerned. */
  public interface Lifetime {
    /** A command begins; false when the engine is about to leave and takes no more. */
    boolean enter();

    void leave();

    /** A command has nothing more to do than to tell its caller the exit code. */
    void ends();

    /** A command under way does no more than show things, and the next engine can go on with it: or does so no more. */
    void follows(boolean onlyFollows);

    /** Runs {@code lastWord} before the engine ends because it was told to. */
    void beforeStop(Runnable lastWord);

    /** Whether the engine leaves with the command that ends now. */
    boolean leaving();

    /** A strictly newer build calls: true when the engine will make way for it, and takes no more commands. */
    boolean makeWay();

    /**
     * Ends the process, and its launcher with it: the caller starts those of its own build. After {@link
     * #makeWay} and once the caller has been told.
     */
    void renew();
  }

  /** Which mount and network namespace, and which root directory. */
  private record Surroundings(long mount, long network, long rootDevice, long rootInode) {
    static Surroundings ofThisProcess() {
      Fs.Stat root = Fs.stat("/");
      return new Surroundings(
          namespace("mnt"),
          namespace("net"),
          device(root.devMajor(), root.devMinor()),
          root.inode());
    }

    /** As st_dev of stat(2) has it. */
    private static long device(long major, long minor) {
      return (minor & 0xff)
          | (major & 0xfff) << 8
          | (minor & ~0xffL) << 12
          | (major & ~0xfffL) << 32;
    }

    private static long namespace(String name) {
      byte[] link = Fs.readlink(null, ("/proc/self/ns/" + name).getBytes(StandardCharsets.UTF_8));
      String text = new String(link, StandardCharsets.UTF_8);
      return Long.parseLong(text.substring(text.indexOf('[') + 1, text.indexOf(']')));
    }
  }

  /**
   * @param listener the socket that the launcher listens on
   * @param buildStamp this installation's, milliseconds
   * @param commands runs one command and returns its exit code
   */
  public ClientServer(
      UnixSocket listener, long buildStamp, ToIntFunction<Invocation> commands, Lifetime lifetime) {
    this.listener = listener;
    this.buildStamp = buildStamp;
    this.commands = commands;
    this.lifetime = lifetime;
    lifetime.beforeStop(() -> served.forEach(ClientConnection::stopped));
  }

  /** Accepts clients for as long as the listener is open. */
  public void run() {
    while (true) {
      UnixSocket socket;
      try {
        socket = listener.accept();
      } catch (LinuxException | IllegalStateException e) {
        return;
      }
      Thread.ofPlatform()
          .name("client")
          .daemon()
          .stackSize(512 * 1024)
          .start(() -> serve(new ClientConnection(socket)));
    }
  }

  private void serve(ClientConnection connection) {
    try {
      ClientConnection.Invoke invoke = connection.readInvoke();
      if (invoke != null && admitted(connection, invoke)) {
        execute(connection, invoke);
      }
    } catch (LinuxException
        | Output.ClosedException
        | IllegalArgumentException
        | java.nio.BufferUnderflowException e) {
      LOG.log(System.Logger.Level.DEBUG, "a client's call ends", e);
    } finally {
      connection.close();
      connection.closeSocket();
    }
  }

  private boolean admitted(ClientConnection connection, ClientConnection.Invoke invoke) {
    if (connection.peer().uid() != 0) {
      connection.refuse(REFUSED_CALLER, "the engine takes commands from root only");
      return false;
    }
    if (invoke.version() != Frame.VERSION) {
      connection.refuse(
          REFUSED_VERSION,
          "the running engine speaks another protocol version; stop it with its own"
              + " \"jcompose engine stop\" (containers run on), then try again");
      return false;
    }
    if (invoke.mountNamespace() != own.mount
        || invoke.networkNamespace() != own.network
        || invoke.rootDevice() != own.rootDevice
        || invoke.rootInode() != own.rootInode) {
      connection.refuse(
          REFUSED_NAMESPACE,
          "the engine runs in another mount or network namespace, or below another root, than this"
              + " command; call it from there, or give this one an engine of its own with"
              + " JCOMPOSE_ROOT and JCOMPOSE_RUN");
      return false;
    }
    if (invoke.buildStamp() > buildStamp && lifetime.makeWay()) {
      connection.refuse(REFUSED_RENEWING, "the engine makes way for a newer build");
      lifetime.renew();
      return false;
    }
    return true;
  }

  private void execute(ClientConnection connection, ClientConnection.Invoke invoke) {
    if (!lifetime.enter()) {
      untilTheEnd();
      return;
    }
    Following following = new Following();
    try {
      served.add(connection);
      connection.accepted();
      Invocation invocation = connection.invocation(invoke, following);
      Thread command =
          Thread.ofPlatform()
              .name("command")
              .daemon()
              .stackSize(1024 * 1024)
              .start(() -> runCommand(connection, invocation));
      try {
        connection.serve();
      } finally {
        join(command);
      }
    } finally {
      served.remove(connection);
      following.accept(false);
      lifetime.leave();
    }
  }

  /** Whether one command only follows, told once for each change. */
  private final class Following implements Consumer<Boolean> {
    private boolean now;

    @Override
    public synchronized void accept(Boolean onlyFollows) {
      if (now != onlyFollows) {
        now = onlyFollows;
        lifetime.follows(now);
      }
    }
  }

  /** Leaves the caller waiting until this process is gone: it then calls the next one, once. */
  private static void untilTheEnd() {
    try {
      Thread.sleep(java.time.Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runCommand(ClientConnection connection, Invocation invocation) {
    int code = 1;
    try {
      code = commands.applyAsInt(invocation);
    } finally {
      lifetime.ends();
      try {
        connection.exit(code, lifetime.leaving());
      } catch (Output.ClosedException e) {
        LOG.log(System.Logger.Level.DEBUG, "a client left before its exit code " + code);
      }
      connection.close();
    }
  }

  private static void join(Thread command) {
    try {
      command.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fs;
import io.jcompose.linux.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ClientServerTest {
  private static final long STAMP = 1000;
  @TempDir(factory = ShortFolder.class)
  Path folder;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger entered = new AtomicInteger();
  private final CompletableFuture<Void> renewed = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private UnixSocket listener;

  /** Socket paths end at 107 bytes. */
  static final class ShortFolder implements org.junit.jupiter.api.io.TempDirFactory {
    @Override
    public Path createTempDirectory(
        org.junit.jupiter.api.extension.AnnotatedElementContext element,
        org.junit.jupiter.api.extension.ExtensionContext context)
        throws java.io.IOException {
      return Files.createTempDirectory(Path.of("/tmp"), "jct");
    }
  }

  private final class Life implements ClientServer.Lifetime {
    @Override
    public boolean enter() {
      entered.incrementAndGet();
      running.incrementAndGet();
      return true;
    }

    @Override
    public void leave() {
      running.decrementAndGet();
      left.complete(null);
    }

    @Override
    public void ends() {}

    @Override
    public void follows(boolean onlyFollows) {
      running.addAndGet(onlyFollows ? -1 : 1);
    }

    @Override
    public void beforeStop(Runnable lastWord) {}

    @Override
    public boolean leaving() {
      return false;
    }

    @Override
    public boolean makeWay() {
      return running.get() == 0;
    }

    @Override
    public void renew() {
      renewed.complete(null);
    }
  }

  @BeforeEach
  void listen() {
    listener = UnixSocket.listen(folder.resolve("s").toString(), UnixSocket.STREAM, 8);
    ClientServer server = new ClientServer(listener, STAMP, this::command, new Life());
    Thread.ofPlatform().daemon().start(server::run);
  }

  @AfterEach
  void stop() {
    listener.shutdown();
    listener.close();
  }

  private int command(Invocation invocation) {
    if (invocation.arguments().equals(List.of("wait"))) {
      CompletableFuture<Void> gone = new CompletableFuture<>();
      try (Cancellation.Registration registration =
          invocation.cancellation().onRequest(() -> gone.complete(null))) {
        gone.join();
      }
      return invocation.cancellation().requested() ? 130 : 0;
    }
    invocation.out().println(String.join(" ", invocation.arguments()) + invocation.environment().get("A"));
    return 42;
  }

  private UnixSocket connect() {
    return UnixSocket.connect(folder.resolve("s").toString(), UnixSocket.STREAM);
  }

  private static long inode(String namespace) {
    byte[] link = Fs.readlink(null, ("/proc/self/ns/" + namespace).getBytes(StandardCharsets.UTF_8));
    return Long.parseLong(new String(link, StandardCharsets.UTF_8).replaceAll("\\D", ""));
  }

  private static byte[] invoke(long stamp, long mountChange, String... arguments) {
    Fs.Stat root = Fs.stat("/");
    ByteBuffer b = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(stamp).put((byte) 7).putShort((short) 24).putShort((short) 80);
    b.putLong(inode("mnt") + mountChange).putLong(inode("net"));
    long major = root.devMajor();
    long minor = root.devMinor();
    b.putLong((minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32);
    b.putLong(root.inode());
    string(b, "/");
    b.putInt(arguments.length);
    for (String argument : arguments) {
      string(b, argument);
    }
    b.putInt(2);
    string(b, "A=!");
    string(b, "nothing");
    return Frame.encode(Frame.INVOKE, b.array(), 0, b.position());
  }

  private static void string(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.putInt(bytes.length).put(bytes);
  }

  /** Everything that comes until the server hangs up: types, with OUT's text and the codes. */
  private static String answers(UnixSocket socket) {
    Frame.Assembler frames = new Frame.Assembler();
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    for (UnixSocket.Received r = socket.receive(4096); r.length() > 0; r = socket.receive(4096)) {
      frames.add(r.data(), r.length());
      for (Frame f = frames.next(); f != null; f = frames.next()) {
        switch (f.type()) {
          case Frame.ACCEPTED -> text.append("accepted ");
          case Frame.OUT -> shown.writeBytes(f.payload());
          case Frame.EXIT -> text.append("exit ").append(f.payload()[0] & 0xff);
          case Frame.REFUSED -> text.append("refused ").append(f.payload()[0]);
          default -> text.append("type ").append(f.type()).append(' ');
        }
      }
    }
    return text + "|" + shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void runsACommandAndReturnsItsCode() {
    try (UnixSocket client = connect()) {
      client.send(invoke(STAMP, 0, "say", "hello"), List.of());
      assertThat(answers(client)).isEqualTo("accepted exit 42|say hello!\n");
    }
  }

  @Test
  void takesFramesInAnyPieces() {
    try (UnixSocket client = connect()) {
      for (byte b : invoke(STAMP, 0, "x")) {
        client.send(new byte[] {b}, List.of());
      }
      assertThat(answers(client)).isEqualTo("accepted exit 42|x!\n");
    }
  }

  @Test
  void refusesAnotherNamespaceAndAnotherProtocol() {
    try (UnixSocket client = connect()) {
      client.send(invoke(STAMP, 1, "x"), List.of());
      assertThat(answers(client)).isEqualTo("refused 1|");
    }
    try (UnixSocket client = connect()) {
      byte[] frame = invoke(STAMP, 0, "x");
      frame[6] = 9;
      client.send(frame, List.of());
      assertThat(answers(client)).isEqualTo("refused 3|");
    }
    assertThat(entered).hasValue(0);
  }

  @Test
  void makesWayForANewerBuildAndServesAnOlderOne() {
    try (UnixSocket client = connect()) {
      client.send(invoke(STAMP - 1, 0, "x"), List.of());
      assertThat(answers(client)).startsWith("accepted exit 42");
    }
    left.join();
    try (UnixSocket client = connect()) {
      client.send(invoke(STAMP + 1, 0, "x"), List.of());
      assertThat(answers(client)).isEqualTo("refused 4|");
    }
    assertThat(renewed).succeedsWithin(10, TimeUnit.SECONDS);
  }

  @Test
  void hangsUpOnWhatIsNoInvocation() {
    ByteBuffer huge = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    huge.putInt(Integer.MAX_VALUE).putShort((short) Frame.INVOKE).putShort((short) Frame.VERSION);
    byte[] negative = huge.array().clone();
    negative[3] = (byte) 0xff;
    byte[] cut = java.util.Arrays.copyOf(invoke(STAMP, 0, "x"), 40);
    cut[0] = 28;
    cut[1] = 0;
    for (byte[] bad :
        List.of(huge.array(), negative, cut, Frame.encode(Frame.STDIN, new byte[3], 0, 3),
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
      try (UnixSocket client = connect()) {
        client.send(bad, List.of());
        assertThat(answers(client)).isEqualTo("|");
      }
    }
    assertThat(entered).hasValue(0);
  }

  @Test
  void aSignalAsksTheCommandToEnd() {
    try (UnixSocket client = connect()) {
      client.send(invoke(STAMP, 0, "wait"), List.of());
      client.send(Frame.encode(Frame.SIGNAL, new byte[] {2}, 0, 1), List.of());
      assertThat(answers(client)).isEqualTo("accepted exit 130|");
    }
  }

  /** A frame that is too short must not leave the command counted as gone while it runs, nor the other way. */
  @Test
  @Tag("SUP-6")
  void aBrokenFrameEndsTheConnectionAndTheCommandLearnsThatItsCallerIsGone() {
    for (int type : new int[] {Frame.SIGNAL, Frame.RESIZE, 0x77}) {
      try (UnixSocket client = connect()) {
        client.send(invoke(STAMP, 0, "wait"), List.of());
        client.send(Frame.encode(type, new byte[0], 0, 0), List.of());
        assertThat(answers(client)).startsWith("accepted exit 0");
      }
    }
    org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(running).hasValue(0));
  }
}

package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageStore;
import io.jcompose.image.registry.RegistryException;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Root file systems that a web server has, or not quite. */
class RootImportTest {
  private static final ContainerImages.Import WANTED = new ContainerImages.Import("got:1", "", "", List.of());
  private static final byte[] TAR = tar();

  @TempDir Path temp;
  private ImageStore store;
  private ContainerImages images;
  private ServerSocket server;

  /** What clients ask for; their connections stay open, as long as the server does. */
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(temp.resolve("images"), temp.resolve("layers"));
    images = new ContainerImages(null, store, new ConfigChanges(store, null), null, temp);
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static byte[] tar() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarWriter writer = new TarWriter(out)) {
        writer.add(TarEntry.of("file", TarEntry.Type.FILE, 0644, 3), new byte[3]);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Answers one request with {@code bytes}; the connection is then held or closed. */
  private void answer(byte[] bytes, boolean held) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket client = server.accept()) {
                byte[] request = new byte[1 << 14];
                int count = client.getInputStream().read(request);
                client.getOutputStream().write(bytes);
                client.getOutputStream().flush();
                asked.add(new String(request, 0, count, StandardCharsets.US_ASCII));
                while (held && client.getInputStream().read() >= 0) {
                  continue;
                }
              } catch (IOException e) {
                asked.add(e.toString());
              }
            });
  }

  private static byte[] ok(int length, byte[] body) {
    byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  private String url(String user) {
    return "http://" + user + "127.0.0.1:" + server.getLocalPort() + "/root.tar";
  }

  private String get(String user, Cancellation cancellation) {
    return images.importRoot(url(user), WANTED, Map.of("HOME", temp.toString()), cancellation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nxxxxx"})
  void aServerThatHoldsItsAnswerHoldsNobody(String answer) throws Exception {
    answer(answer.getBytes(StandardCharsets.US_ASCII), true);
    Cancellation cancellation = new Cancellation();
    CompletableFuture<String> result = CompletableFuture.supplyAsync(() -> get("", cancellation));
    assertThat(asked.poll(10, TimeUnit.SECONDS)).startsWith("GET /root.tar ");
    cancellation.request();
    assertThat(result.handle((_, e) -> e).get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(CancelledException.class);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void nothingIsFetchedForWhoHasLeft() {
    Cancellation cancellation = new Cancellation();
    cancellation.request();
    assertThatThrownBy(() -> get("", cancellation)).isInstanceOf(CancelledException.class);
  }

  @Test
  void aUserInTheAddressIsForTheServerAlone() {
    answer(ok(TAR.length, TAR), false);
    get("someone:pass%20word@", new Cancellation());
    String basic = Base64.getEncoder().encodeToString("someone:pass word".getBytes(StandardCharsets.US_ASCII));
    assertThat(asked.remove()).contains("Authorization: Basic " + basic + "\r\n").contains("GET /root.tar ");
    Image image = store.find("got:1").orElseThrow();
    assertThat(image.config().history().getFirst().comment()).isEqualTo("Imported from " + url(""));

    answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), false);
    assertThatThrownBy(() -> get("someone:pass@", new Cancellation()))
        .isInstanceOf(RegistryException.class)
        .hasMessage("fetching " + url("") + ": the server answers with status 404");
  }

  @Test
  void whatEndsTooEarlyIsSaid() throws IOException {
    answer(ok(TAR.length, Arrays.copyOf(TAR, 600)), false);
    assertThatThrownBy(() -> get("", new Cancellation()))
        .isInstanceOf(EngineException.class)
        .hasMessage("fetching " + url("") + ": the connection broke before all of it had come");

    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(TAR);
    }
    byte[] part = Arrays.copyOf(zipped.toByteArray(), zipped.size() - 12);
    assertThatThrownBy(() -> images.importRoot(new ByteArrayInputStream(part), WANTED))
        .isInstanceOf(ImageException.class)
        .hasMessage("this archive is damaged: it ends too early");
  }

  /** Reading is not what failed, whoever's words it would be told in. */
  @Test
  void aFullDiskIsSaidAsSuch() throws Exception {
    Path unfinished = temp.resolve("images/tmp");
    byte[] large = new byte[1 << 20];
    run("mount", "-t", "tmpfs", "-o", "size=64k", "t", unfinished.toString());
    try {
      answer(ok(large.length, large), false);
      assertThatThrownBy(() -> get("", new Cancellation()))
          .isInstanceOf(ImageException.class)
          .hasMessageStartingWith("storing the archive: no space is left on the disk");
      assertThat(unfinished).isEmptyDirectory();
    } finally {
      run("umount", unfinished.toString());
    }
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}

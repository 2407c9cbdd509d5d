package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Debian's docker-registry on a loopback port, and skopeo to fill it. */
final class RealRegistry implements AutoCloseable {
  private final Process process;
  private final int port;
  private final Path log;

  /**
   * @param folder for its data; must exist
   * @param auth the {@code auth} section of its configuration, or nothing
   */
  RealRegistry(Path folder, String auth) throws IOException {
    needs("docker-registry", "docker-registry");
    needs("skopeo", "skopeo");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path config =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            log: {level: info}
            storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
            http: {addr: "127.0.0.1:%d"}
            %s
            """
                .formatted(folder.resolve("registry"), port, auth));
    log = folder.resolve("registry.log");
    ProcessBuilder builder = new ProcessBuilder("docker-registry", "serve", config.toString());
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Awaitility.await("docker-registry, see " + log)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || isListening());
    assertThat(process.isAlive()).as(() -> "docker-registry runs: " + read(log)).isTrue();
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  /** Copies the layout's {@code tag} to {@code nameAndTag} here. */
  void push(Path layout, String tag, String nameAndTag, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false"));
    command.addAll(List.of(options));
    command.add("oci:" + layout + ":" + tag);
    command.add("docker://" + host() + "/" + nameAndTag);
    Process copy = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(copy.getInputStream().readAllBytes());
    assertThat(copy.waitFor()).as(() -> command + ": " + output + read(log)).isZero();
  }

  private static void needs(String program, String debianPackage) throws IOException {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return;
      }
    }
    throw new AssertionError(
        "this test needs the program "
            + program
            + ", which is not in PATH; on Debian: apt-get install "
            + debianPackage);
  }

  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

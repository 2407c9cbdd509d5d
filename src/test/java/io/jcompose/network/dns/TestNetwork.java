package io.jcompose.network.dns;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/** A network namespace with its loopback up, and nothing else in it. */
final class TestNetwork implements AutoCloseable {
  private final Fd fd = Namespaces.newNetwork();

  TestNetwork() {
    run("ip", "link", "set", "lo", "up");
  }

  Fd fd() {
    return fd;
  }

  <T> T inside(Callable<T> work) {
    return Namespaces.inNetwork(fd, work);
  }

  /** What a program prints that runs inside. */
  String run(String... command) {
    return inside(
        () -> {
          Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
          String output = text(process);
          if (process.waitFor() != 0) {
            throw new IllegalStateException(List.of(command) + ": " + output);
          }
          return output;
        });
  }

  private static String text(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    fd.close();
  }
}

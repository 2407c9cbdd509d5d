package io.jcompose.container;

import java.nio.file.Files;
import java.nio.file.Path;

/** Waits until a keeper without launcher has taken its socket. */
final class KeeperReady {
  private KeeperReady() {}

  static void await(Process process) {
    Path fds = Path.of("/proc/" + process.pid() + "/fd");
    org.awaitility.Awaitility.await()
        .pollDelay(java.time.Duration.ZERO)
        .pollInterval(java.time.Duration.ofMillis(1))
        .until(() -> holdsSocket(fds));
  }

  private static boolean holdsSocket(Path fds) throws java.io.IOException {
    try (var stream = Files.list(fds)) {
      return stream.anyMatch(KeeperReady::isSignalfd);
    }
  }

  /** Made after the socket was taken. */
  private static boolean isSignalfd(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString().contains("signalfd");
    } catch (java.io.IOException e) {
      return false;
    }
  }
}

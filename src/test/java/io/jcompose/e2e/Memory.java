package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a process has in memory, as the kernel counts it. */
final class Memory {
  private Memory() {}

  /** Waits until less than {@code bytes} are resident: what the compiler took meanwhile is given back every five seconds. */
  static void awaitResidentBelow(long pid, long bytes) {
    await("memory as before")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(resident(pid)).isLessThan(bytes));
  }

  /** In bytes. */
  static long resident(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

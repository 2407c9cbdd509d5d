package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two hundred containers of one service cost the engine no thread each, little memory, and nothing while they sleep. */
class ManyContainersTest {
  private static final int MANY = 200;

  /** What the row asks of a quiet machine; the tests share theirs with others. */
  private static final int PATIENCE = 10;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static String file(int scale) {
    return "services: {app: {image: busybox, init: true, command: sleep 1000, scale: %d}}\n".formatted(scale);
  }

  private static Duration took(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  @Test
  @Tag("S-03")
  void theyCostTheEngineNextToNothing() throws IOException {
    TestProject project = engine.project("many", file(2)).up();
    long pid = engine.pid().orElseThrow();
    int threads = Footprint.of(pid).threads().size();
    project.composeFile(file(MANY));
    assertThat(took(() -> project.run("up", "-d").ok())).isLessThan(Duration.ofSeconds(2).multipliedBy(PATIENCE));
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(MANY);
    Duration ps = Stream.generate(() -> took(() -> project.run("ps").ok())).limit(5).min(Comparator.naturalOrder()).orElseThrow();
    assertThat(ps).isLessThan(Duration.ofMillis(20).multipliedBy(PATIENCE));
    assertThat(proportional(pid)).isLessThan(150 << 20);
    assertThat(Footprint.of(pid).threads()).hasSizeLessThan(threads + 10);
    long[] used = {ticks(pid)};
    await("a second in which it does nothing")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> -used[0] + (used[0] = ticks(pid)) <= 1);
    assertThat(took(() -> project.run("down", "-t", "0").ok())).isLessThan(Duration.ofSeconds(1).multipliedBy(PATIENCE));
  }

  /** The kernel's share of memory that is this process's, in bytes. */
  private static long proportional(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
        .filter(line -> line.startsWith("Pss:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  /** Processor time, in hundredths of a second. */
  private static long ticks(long pid) throws IOException {
    String[] fields = Files.readString(Path.of("/proc/" + pid + "/stat")).replaceFirst(".*\\) ", "").split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}

package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work grows as the file does. It is counted in bytes allocated: a clock would tell of the machine. */
class LinearLoadTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path cwd;

  private static String services(String shape, int count) {
    StringBuilder text = new StringBuilder("x-base: &base {image: x, labels: {l: '1'}}\nservices:\n");
    for (int i = 0; i < count; i++) {
      String service =
          switch (shape) {
            case "plain" -> "{image: 'x:${T:-1}', environment: {A: b}, ports: ['80']}";
            case "aliases" -> "{<<: *base, hostname: h}";
            case "extends" -> i == 0 ? "{image: x}" : "{extends: s0, command: [a]}";
            default -> i == 0 ? "{image: x}" : "{image: x, depends_on: [s" + (i - 1) + "]}";
          };
      text.append("  s").append(i).append(": ").append(service).append('\n');
    }
    return text.toString();
  }

  private long work(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    ProjectLoader.load(LoadOptions.in(cwd, Map.of())).project();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "aliases", "extends", "chain"})
  void fourTimesTheServicesAreFourTimesTheWork(String shape) throws IOException {
    work(services(shape, 50));
    long small = work(services(shape, 250));
    long large = work(services(shape, 1000));
    assertThat((double) large / small).isBetween(2.5, 5.0);
  }
}

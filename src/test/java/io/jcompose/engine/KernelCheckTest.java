package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KernelCheckTest {
  private static final List<String> ALL = List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "user");
  private static final String OVERLAY = "nodev\tsysfs\nnodev\toverlay\n\text4\n";

  @Test
  void aKernelThatHasEverythingWillDo() {
    assertThat(KernelCheck.missing("5.15.0-100-generic", OVERLAY, ALL)).isEmpty();
    assertThat(KernelCheck.missing("6.18.44", OVERLAY, ALL)).isEmpty();
    KernelCheck.check();
  }

  @Test
  @Tag("F-42")
  void everythingThatIsMissingIsNamed() {
    assertThat(KernelCheck.missing("5.14.21", "\text4\n", List.of("mnt", "pid", "net", "ipc", "uts")))
        .containsExactly(
            "it is 5.14.21, and 5.15 is the oldest that will do",
            "it has no overlay file system (CONFIG_OVERLAY_FS; try modprobe overlay)",
            "it has no cgroup namespaces");
  }
}

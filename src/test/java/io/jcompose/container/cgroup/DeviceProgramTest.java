package io.jcompose.container.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device program of cgroup v2, loaded and attached for real to a group of the unified hierarchy. */
class DeviceProgramTest {
  private static Path unified() throws Exception {
    return Files.readString(Path.of("/proc/self/mountinfo"))
        .lines()
        .filter(line -> line.contains(" - cgroup2 "))
        .map(line -> Path.of(line.split(" ")[4]))
        .findFirst()
        .orElseThrow();
  }

  private static String run(List<DeviceRule> rules, String command) throws Exception {
    Path path = unified().resolve("jcompose-test-" + Long.toHexString(System.nanoTime()));
    CgroupFolder folder = new CgroupFolder(path);
    folder.make();
    try {
      CgroupsV2.deviceRules(folder, rules);
      Process process =
          new ProcessBuilder("sh", "-c", "echo $$ > " + path + "/cgroup.procs && " + command)
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes());
      process.waitFor();
      return output;
    } finally {
      folder.remove();
      assertThat(path).doesNotExist();
    }
  }

  @Test
  @Tag("DEV-6")
  void theDefaultRulesOpenTheHarmlessDevicesOnly() throws Exception {
    String output =
        run(
            DeviceRule.DEFAULT,
            "D=$(mktemp -d); mknod $D/k c 1 11 && echo made; head -c1 $D/k; mknod $D/b b 7 0 && echo made;"
                + " head -c1 $D/b; head -c1 /dev/zero | wc -c; echo x > /dev/null && echo null;"
                + " rm -r $D");
    assertThat(output.lines().filter(line -> line.contains("Operation not permitted"))).hasSize(2);
    assertThat(output.lines().filter(line -> !line.contains("head:")))
        .containsExactly("made", "made", "1", "null");
  }

  @Test
  @Tag("DEV-6")
  void eachLetterOfAccessCounts() throws Exception {
    String output =
        run(
            List.of(DeviceRule.parse("c 1:3 r"), DeviceRule.parse("c 1:5 w")),
            "cat /dev/null && echo read; (echo x > /dev/null) || echo refused;"
                + " (: < /dev/zero) || echo refused; echo x > /dev/zero && echo written");
    assertThat(output.lines().filter(line -> !line.contains("/dev/")))
        .containsExactly("read", "refused", "refused", "written");
  }

  @Test
  void everythingIsEverything() throws Exception {
    assertThat(run(DeviceRule.ALL, "head -c1 /dev/zero | wc -c")).isEqualTo("1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c", "c 1:3", "x 1:3 rwm", "c 1:3 rwx", "c -1:3 r", "c 1 3 r"})
  void aRuleThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> DeviceRule.parse(text)).hasMessageContaining("device rule");
  }

  @Test
  void weightsRunFrom1To10000() {
    assertThat(CgroupsV2.weight(2)).isEqualTo(1);
    assertThat(CgroupsV2.weight(1024)).isEqualTo(39);
    assertThat(CgroupsV2.weight(262_144)).isEqualTo(10_000);
  }
}

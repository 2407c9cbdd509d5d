package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.container.security.HiddenPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start while a neighbour changes what the two share: it is made as it should be, or not at all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedFolderTest {
  private static final int STARTS = 15;
  private TestHost host;
  private Canary canary;
  private Path swap;
  private Path shared;
  private Path payload;
  private int count;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    canary = Canary.in(host.root);
    swap = host.root.resolve("swap");
    Canary.compile("swap", swap);
  }

  @BeforeEach
  void newFolders() throws Exception {
    shared = Files.createDirectories(host.root.resolve("shared-" + ++count));
    payload = Files.createDirectories(host.root.resolve("payload-" + count));
    Files.writeString(payload.resolve("flag"), "flag\n");
  }

  @AfterEach
  void nothingOutsideIsTouched() throws Exception {
    canary.assertUntouched();
    assertThat(Canary.sh(payload, "find . -type f | sort | xargs grep -H .")).contains("./flag:flag\n").doesNotContain("99");
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  /** A container with the shared folder, and the payload somewhere in it. */
  private ContainerSpec nested(String script) {
    return host.spec("sh", "-c", script)
        .withMounts(
            List.of(
                new Mount.Volume("v", shared.toString(), "/v", false, true, ""),
                Mount.Bind.of(payload.toString(), "/v/a", false)));
  }

  /** How often each output came; "" for a start that was refused. */
  private Map<String, Integer> outcomes(ContainerSpec spec) throws Exception {
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int i = 0; i < STARTS; i++) {
      outcomes.merge(outcome(spec), 1, Integer::sum);
    }
    return outcomes;
  }

  private String outcome(ContainerSpec spec) throws Exception {
    try {
      return host.run(spec).output();
    } catch (StartException e) {
      return "";
    }
  }

  /** CVE-2021-30465. The mount goes along with its folder, whatever the name of that is. */
  @ParameterizedTest
  @ValueSource(strings = {"/", "/proc/self/fd/4", "/proc/1/root/tmp", "/proc/self/cwd/tmp", "/../../../../../..CANARY"})
  @Tag("ESC-7")
  void aMountGoesWhereItShouldOrNowhere(String link) throws Exception {
    Files.createDirectories(shared.resolve("a"));
    Files.createSymbolicLink(shared.resolve("evil"), Path.of(link.replace("CANARY", canary.toString())));
    String look = "grep -q ' /v/' /proc/mounts && echo beside || echo elsewhere";
    Map<String, Integer> outcomes;
    try (Swapper _ = new Swapper(swap, shared, "a", "evil")) {
      outcomes = outcomes(nested(look));
    }
    assertThat(outcomes).containsKey("beside\n"); // the control
    // The root itself covered by a mount is as before for who is in it.
    assertThat(outcomes.keySet()).isSubsetOf(link.equals("/") ? List.of("", "beside\n", "elsewhere\n") : List.of("", "beside\n"));
    assertThat(Canary.sh(shared, "find . -mindepth 1 | sort")).isEqualTo("./a\n./evil\n");
  }

  @Test
  @Tag("PRC-10")
  void aSettingIsWrittenToTheKernelOnly() throws Exception {
    Path decoy = Files.writeString(payload.resolve("somaxconn"), "decoy\n");
    ContainerSpec spec =
        nested("cat /proc/sys/net/core/somaxconn").withSysctls(Map.of("net.core.somaxconn", "99"));
    Files.createSymbolicLink(shared.resolve("a"), Path.of("/proc/sys/net/core"));
    assertThatThrownBy(() -> host.run(spec))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/proc/sys/net/core/somaxconn cannot be set to 99");
    Files.move(shared.resolve("a"), shared.resolve("evil"));
    Files.createDirectories(shared.resolve("a"));
    assertThat(host.run(spec).output()).as("control").isEqualTo("99\n");
    Map<String, Integer> outcomes;
    try (Swapper _ = new Swapper(swap, shared, "a", "evil")) {
      outcomes = outcomes(spec);
    }
    assertThat(outcomes.keySet()).isSubsetOf("", "99\n");
    assertThat(decoy).hasContent("decoy\n");
  }

  @Test
  @Tag("PRC-10")
  void theOomScoreIsWrittenToTheKernelOnly() throws Exception {
    Path decoy = Files.writeString(payload.resolve("oom_score_adj"), "decoy\n");
    Files.createSymbolicLink(shared.resolve("a"), Path.of("/proc/1"));
    assertThatThrownBy(() -> host.run(nested("true")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/proc/self/oom_score_adj cannot be set");
    assertThat(decoy).hasContent("decoy\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/proc/self/attr", "/proc/sys", "/link", "/link/sys/kernel"})
  @Tag("PRC-10")
  void nothingIsMountedOnProc(String target) throws Exception {
    Path layer = Files.createDirectories(host.root.resolve("layer-" + count));
    Files.createSymbolicLink(layer.resolve("link"), Path.of("/proc"));
    ContainerSpec spec = host.specOn(layer, "true");
    assertThatThrownBy(() -> host.run(spec.withMounts(List.of(Mount.Bind.of(payload.toString(), target, false)))))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("would hide what /proc tells");
  }

  /** CVE-2025-31133: what covers /proc/keys is the device, though the name may stand for something else at times. */
  @ParameterizedTest
  @ValueSource(strings = {"ln -s /proc/sys/kernel/core_pattern evil", "echo >evil", "mkdir evil", "mknod evil c 1 5"})
  @Tag("ESC-8")
  void aMaskIsTheDeviceOrThereIsNoStart(String evil) throws Exception {
    Canary.sh(shared, "mknod -m 666 null c 1 3; " + evil);
    String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
    ContainerSpec spec =
        host.spec("sh", "-c", "stat -c %t:%T /proc/keys; head -c9 /proc/keys; echo x >/proc/keys")
            .withMounts(List.of(new Mount.Volume("v", shared.toString(), "/dev", false, true, "")));
    assertThat(host.run(spec).output()).as("control").isEqualTo("1:3\n");
    Map<String, Integer> outcomes;
    try (Swapper _ = new Swapper(swap, shared, "null", "evil")) {
      outcomes = outcomes(spec);
    }
    assertThat(outcomes.keySet()).isSubsetOf("", "1:3\n");
    assertThat(Path.of("/proc/sys/kernel/core_pattern")).hasContent(pattern);
  }

  /** CVE-2025-52565: a terminal comes from the container's own devpts, and from nothing that looks like it. */
  @Test
  @Tag("ESC-8")
  void aTerminalIsOneOrThereIsNoStart() throws Exception {
    ContainerSpec spec = host.spec("sh", "-c", "stat -c %t:%T /dev/console");
    ContainerSpec terminal = spec.withProcess(spec.process().withTty(true));
    assertThat(host.run(terminal).output()).as("control").isEqualTo("88:0\r\n");
    for (String evil : List.of("mknod ptmx c 1 3", "mknod ptmx c 5 2", "ln -s " + canary + "/ptmx ptmx", "ln -s /proc/sys/kernel/core_pattern ptmx")) {
      Canary.sh(shared, "mknod -m 666 null c 1 3; ln -s " + canary + "/console console; mkdir pts && cd pts && " + evil);
      Mount dev = new Mount.Volume("v", shared.toString(), "/dev", false, true, "");
      assertThatThrownBy(() -> host.run(terminal.withMounts(List.of(dev)))).as(evil).isInstanceOf(StartException.class);
      Canary.sh(shared, "rm -r *");
    }
  }

  @Test
  @Tag("PRC-2")
  void masksAreTheDeviceAndEmptyFoldersThatTakeNothing() throws Exception {
    ContainerSpec spec = host.spec("sleep", "1000");
    Running running = Running.start(host, spec);
    try {
      Path root = Path.of("/proc/" + host.containers.processes(spec).getFirst() + "/root");
      int files = 0;
      for (String path : HiddenPaths.MASKED) {
        Path masked = root.resolve(path.substring(1));
        if (Files.isDirectory(masked)) {
          assertThat(masked).as(path).isEmptyDirectory();
          assertThat(running.exec("grep", " " + path + " ", "/proc/self/mountinfo").output()).as(path).contains(" ro,").contains(" - tmpfs tmpfs ");
        } else if (Files.exists(masked)) {
          assertThat(device(masked)).as(path).isEqualTo("1:3");
          files++;
        }
      }
      assertThat(files).isPositive();
      assertThat(device(root.resolve("proc/version"))).as("control").isEqualTo("0:0");
    } finally {
      running.kill();
    }
  }

  private static String device(Path path) throws Exception {
    return Canary.sh(Path.of("/"), "stat -c %t:%T " + path).strip();
  }

  @Test
  @Tag("PRC-2")
  void whatIsCalledNullAndIsNotMasksNothing() throws Exception {
    Path decoy = Files.writeString(payload.resolve("null"), "decoy\n");
    ContainerSpec spec = host.spec("true").withMounts(List.of(Mount.Bind.of(decoy.toString(), "/dev/null", false)));
    assertThatThrownBy(() -> host.run(spec)).isInstanceOf(StartException.class).hasMessageContaining("/dev/null of the container is not the device");
    assertThat(decoy).hasContent("decoy\n");
  }
}

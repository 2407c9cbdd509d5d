package io.jcompose.container.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real control groups of the host, below a mark of this test's own. */
class CgroupsTest {
  private static final String ID = "ab".repeat(32);
  private final String mark = "test-" + Long.toHexString(System.nanoTime());
  private Cgroups cgroups;

  @BeforeEach
  void detect() throws IOException {
    cgroups = Cgroups.detect(Files.readString(Path.of("/proc/self/mountinfo")), "/", mark);
  }

  @AfterEach
  void leavesNothing() throws IOException {
    cgroups.removeTree();
    try (var found = Files.find(Path.of("/sys/fs/cgroup"), 3, (p, a) -> p.endsWith("jcompose-" + mark))) {
      assertThat(found).isEmpty();
    }
  }

  private static Process startIn(ContainerCgroup cgroup, String command) throws IOException {
    Process process = new ProcessBuilder("sh", "-c", "read go; " + command).start();
    for (ContainerCgroup.Entry entry : cgroup.openEntries(false)) {
      try (Fd fd = entry.fd()) {
        io.jcompose.linux.Fs.write(fd, Long.toString(process.pid()).getBytes());
      }
    }
    process.outputWriter().append("go\n").close();
    return process;
  }

  @Test
  void limitsAreWhatTheKernelSays() throws IOException {
    Limits limits = Limits.NONE.withMemory(64L << 20).withPids(64).withNanoCpus(500_000_000);
    ContainerCgroup cgroup = cgroups.create(ID, limits, DeviceRule.DEFAULT).cgroup();

    assertThat(cgroup.usage().memoryLimit()).isEqualTo(64L << 20);
    assertThat(cgroups.containers()).containsExactly(ID);
    if (!cgroups.unified()) {
      assertThat(read("pids", "pids.max")).isEqualTo("64");
      assertThat(read("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
      assertThat(read("cpu", "cpu.cfs_period_us")).isEqualTo("100000");
      assertThat(read("devices", "devices.list").lines())
          .containsExactlyInAnyOrder(
              "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
              "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm");
    }
    cgroup.remove();
    assertThat(cgroups.containers()).isEmpty();
    cgroup.remove();
  }

  /** SCHED_FIFO is for whoever has a share: the control is a group without one. */
  @Test
  void realTimeProcessesHaveTheShareThatTheirGroupIsGiven() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")));
    String other = "cd".repeat(32);
    ContainerCgroup without = cgroups.create(other, Limits.NONE, DeviceRule.ALL).cgroup();
    assertThat(startIn(without, "exec chrt -f 1 true").waitFor()).isNotZero();

    ContainerCgroup first = cgroups.create(ID, Limits.NONE.withRealTime(500_000, 10_000), DeviceRule.ALL).cgroup();
    assertThat(read("cpu", "cpu.rt_runtime_us")).isEqualTo("10000");
    assertThat(read("cpu", "cpu.rt_period_us")).isEqualTo("500000");
    assertThat(startIn(first, "exec chrt -f 1 true").waitFor()).isZero();
    cgroups.update(other, Limits.NONE.withRealTime(0, 30_000));
    assertThat(share("c")).as("of both").isEqualTo("50000");
    assertThatThrownBy(() -> cgroups.update(other, Limits.NONE.withRealTime(0, 999_000)))
        .isInstanceOf(CgroupException.class)
        .hasMessageContaining("cpu_rt_runtime");

    without.remove();
    assertThat(share("c")).isEqualTo("20000");
    first.remove();
    assertThat(share("c")).as("all given back").isEqualTo("0");
    assertThat(share("")).isEqualTo("0");
  }

  private String share(String group) throws IOException {
    return Files.readString(Path.of("/sys/fs/cgroup/cpu", "jcompose-" + mark, group, "cpu.rt_runtime_us")).strip();
  }

  private String read(String controller, String file) throws IOException {
    return Files.readString(
            Path.of("/sys/fs/cgroup", controller, "jcompose-" + mark, "c", ID, file))
        .strip();
  }

  @Test
  void killTakesAWholeTreeOfProcesses() throws Exception {
    ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE, DeviceRule.DEFAULT).cgroup();
    Process process = startIn(cgroup, "(setsid sleep 1000 & setsid sleep 1000 &) ; sleep 1000");
    org.awaitility.Awaitility.await().until(() -> cgroup.processes().size() == 4);

    assertThat(cgroup.kill(Duration.ofSeconds(5))).isTrue();
    assertThat(process.waitFor()).isEqualTo(137);
    assertThat(cgroup.processes()).isEmpty();
  }

  @Test
  void killTakesAFrozenProcessToo() throws Exception {
    ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE, DeviceRule.ALL).cgroup();
    Process process = startIn(cgroup, "exec sleep 1000");
    cgroup.freeze();
    assertThat(cgroup.kill(Duration.ofSeconds(5))).isTrue();
    assertThat(process.waitFor()).isEqualTo(137);
  }

  @Test
  void removalRefusesALiveGroup() throws Exception {
    ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE, DeviceRule.ALL).cgroup();
    Process process = startIn(cgroup, "exec sleep 1000");
    assertThatThrownBy(cgroup::remove).isInstanceOf(CgroupException.class);
    process.destroyForcibly().waitFor();
    cgroup.remove();
  }

  @Test
  void anOutOfMemoryKillIsCounted() throws Exception {
    ContainerCgroup cgroup =
        cgroups.create(ID, Limits.NONE.withMemory(16L << 20), DeviceRule.ALL).cgroup();
    Process process = startIn(cgroup, "exec tail /dev/zero");
    assertThat(process.waitFor()).isEqualTo(137);
    assertThat(cgroup.oomKills()).isEqualTo(1);
  }

  @Test
  @Tag("DEV-2")
  void devicesOutsideTheListAreRefused() throws Exception {
    ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE, DeviceRule.DEFAULT).cgroup();
    Path node = Path.of("/tmp/" + mark + "-kmsg");
    Process process =
        startIn(
            cgroup,
            "mknod %s c 1 11; cat %s 2>&1; echo >/dev/null && echo null".formatted(node, node));
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    Files.deleteIfExists(node);
    assertThat(output).contains("Operation not permitted").endsWith("null\n");
  }

  @Test
  void aValueThatTheKernelRefusesUndoesTheGroup() {
    Limits limits =
        new Limits(0, 0, 0, 0, 0, 0, 0, "4000", "", 0, 0, false, null, List.of(), "", 0, 0);
    assertThatThrownBy(() -> cgroups.create(ID, limits, DeviceRule.DEFAULT))
        .isInstanceOf(CgroupException.class)
        .hasMessageContaining("4000");
    assertThat(cgroups.containers()).isEmpty();
  }

  @Test
  void devicesAreLimitedOneByOneAndSwappinessIsTheContainersOwn() throws IOException {
    String name;
    try (var devices = Files.list(Path.of("/sys/class/block"))) {
      name = devices.map(d -> d.getFileName().toString()).filter(d -> Files.exists(Path.of("/dev", d))).sorted().findFirst().orElseThrow();
    }
    String number = Files.readString(Path.of("/sys/class/block", name, "dev")).strip();
    BlockLimit limit = new BlockLimit(BlockLimit.Kind.READ_BPS, "/dev/" + name, 1 << 20);
    Limits limits = new Limits(0, 0, 0, 0, 0, 0, 0, "", "", 0, 0, false, 0, List.of(limit), "", 0, 0);
    ContainerCgroup cgroup = cgroups.create(ID, limits, DeviceRule.ALL).cgroup();
    assertThat(read("blkio", "blkio.throttle.read_bps_device")).isEqualTo(number + " 1048576");
    assertThat(read("memory", "memory.swappiness")).isEqualTo("0");
    cgroup.remove();
    Limits wrong =
        new Limits(
            0, 0, 0, 0, 0, 0, 0, "", "", 0, 0, false, null,
            List.of(new BlockLimit(BlockLimit.Kind.READ_BPS, "/dev/null", 1)), "", 0, 0);
    assertThatThrownBy(() -> cgroups.create(ID, wrong, DeviceRule.ALL)).hasMessageContaining("/dev/null is no block device");
    assertThat(cgroups.containers()).isEmpty();
  }

  @Test
  void aGroupMayLieBelowAnothersAndTakesOnlyWhatWasMadeForItAway() throws IOException {
    Path memory = Path.of("/sys/fs/cgroup", cgroups.unified() ? "" : "memory");
    Path theirs = memory.resolve("theirs-" + mark);
    Files.createDirectory(theirs);
    try {
      cgroups.place(ID, "/theirs-" + mark + "/a/b");
      ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE.withMemory(64L << 20), DeviceRule.ALL).cgroup();
      String name = "jcompose-" + mark + "-" + ID;
      assertThat(theirs.resolve("a/b").resolve(name)).isDirectory();
      assertThat(cgroup.usage().memoryLimit()).isEqualTo(64L << 20);
      assertThat(cgroups.containers()).isEmpty();
      Process process = startIn(cgroup, "exec sleep 1000");
      assertThat(cgroup.kill(Duration.ofSeconds(10))).isTrue();
      process.onExit().join();
      cgroup.remove();
      assertThat(theirs.resolve("a")).doesNotExist();
      assertThat(theirs).isDirectory();
    } finally {
      Files.delete(theirs);
    }
  }

  /** As an exec that was under way when its container ended, be it gone again by the time that one looks or not. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoArrivesWhileItIsRemovedHindersNothing(boolean goneAgain) throws IOException {
    ContainerCgroup cgroup = cgroups.create(ID, Limits.NONE, DeviceRule.ALL).cgroup();
    List<Process> late = new java.util.ArrayList<>();
    ContainerCgroup withLatecomer =
        (ContainerCgroup)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ContainerCgroup.class},
                (proxy, method, arguments) -> {
                  if (method.isDefault()) {
                    return java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments);
                  }
                  if (method.getName().equals("remove") && late.isEmpty()) {
                    late.add(startIn(cgroup, "exec sleep 1000"));
                  }
                  try {
                    return method.invoke(cgroup, arguments);
                  } catch (java.lang.reflect.InvocationTargetException e) {
                    if (goneAgain) {
                      late.getFirst().destroyForcibly().waitFor();
                    }
                    throw e.getCause();
                  }
                });
    withLatecomer.end(Duration.ofSeconds(10));
    assertThat(late.getFirst().onExit().join().exitValue()).isEqualTo(128 + 9);
    assertThat(cgroups.containers()).isEmpty();
  }

  @Test
  void noGroupLiesOutsideOfTheTreeOrAmongOurOwn() {
    for (String parent : List.of("../x", "a/../../x", "/jcompose-" + mark + "/c")) {
      assertThatThrownBy(() -> cgroups.place(ID, parent)).hasMessageContaining("cannot be the parent");
    }
  }

  @Test
  void aHostWithoutControlGroupsIsToldSo() {
    assertThatThrownBy(() -> Cgroups.detect("1 2 0:1 / / rw - ext4 /dev/x rw", "/", "m"))
        .hasMessageContaining("mount -t cgroup2");
  }
}

package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.container.security.Capabilities;
import io.jcompose.container.security.KernelVersion;
import io.jcompose.container.security.SeccompChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepProgramTest {
  private static final long ALL = Capabilities.all(40);
  private static final KernelVersion KERNEL = new KernelVersion(6, 18);

  static ContainerSpec spec(String... argv) {
    return ContainerSpec.of(
        "0123456789ab".repeat(5) + "cdef",
        "web-1",
        RootSpec.of(List.of(Path.of("/layers/a"))),
        ProcessSpec.of(List.of(argv)));
  }

  private static String printed(String name) throws IOException {
    try (var in = StepProgramTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes());
    }
  }

  private static StartFacts facts(List<String> cgroups, List<Placement> placements) {
    return new StartFacts(
        User.ROOT,
        ALL,
        KERNEL,
        "amd64",
        cgroups,
        List.of(),
        List.of(),
        "/place",
        placements,
        List.of("/etc/hosts"));
  }

  @Test
  @Tag("SEC-13")
  void aPlainContainerOnCgroupV1() throws IOException {
    StepProgram program =
        StepProgram.compile(
            spec("sleep", "a day"), facts(List.of("memory", "pids"), List.of()));
    assertThat(program.slots())
        .containsExactly("cgroup memory", "cgroup pids", "network", "root", "file /etc/hosts");
    assertThat(program.explain()).isEqualTo(printed("plain.txt"));
  }

  @Test
  void nothingIsHiddenFromAPrivilegedContainer() {
    ContainerSpec spec =
        spec("id")
            .withConfinement(
                new Confinement(
                    List.of(), List.of(), true, new SeccompChoice.Default(), false, false, List.of()));
    String text = StepProgram.compile(spec, facts(List.of(), List.of())).explain();
    assertThat(text)
        .doesNotContain("hides")
        .doesNotContain("filters system calls")
        .contains("41 (CAP_CHOWN")
        .contains("mount -t sysfs -o nosuid,nodev,noexec sysfs /sys")
        .contains("makes /sys/fs/cgroup writable");
  }

  @Test
  void mountsAreplacedByDepthAndBelowTheirTargets() {
    List<Placement> placements =
        List.of(
            new Placement(new Mount.Tmpfs("/data/a/cache", "size=1m,exec", false), "/data/a/cache", true),
            new Placement(Mount.Bind.of("/srv/x", "/data/a", true), "/data/a", true),
            new Placement(
                new Mount.Volume("db", "/v/db", "/data", false, false, ""), "/data", true),
            new Placement(Mount.Bind.of("/srv/hosts", "/etc/hosts", false), "/etc/hosts", false));
    StepProgram program = StepProgram.compile(spec("id"), facts(List.of(), placements));
    assertThat(program.explain().lines().map(line -> line.substring(5).strip()))
        .containsSubsequence(
            "makes the directory /data if it is missing",
            "places the volume db on /data on /data",
            "makes the directory /data/a if it is missing",
            "places the bind /srv/x on /data/a, read-only on /data/a",
            "makes the file /etc/hosts if it is missing",
            "places the bind /srv/hosts on /etc/hosts on /etc/hosts",
            "makes the directory /data/a/cache if it is missing",
            "mounts an empty file system in memory on /data/a/cache",
            "$ mount -t tmpfs -o nosuid,nodev,size=1m tmpfs /data/a/cache");
    assertThat(program.slots()).doesNotContain("file /etc/hosts");
  }

  @Test
  void aUserWithoutCapabilitiesUnderNoNewPrivileges() {
    ContainerSpec spec =
        spec("id")
            .withProcess(
                ProcessSpec.of(List.of("id"))
                    .withUser("1000")
                    .withCwd("/srv/app")
                    .withTty(true)
                    .withInit(true)
                    .withUlimits(List.of(new Ulimit("nofile", 1024, -1))))
            .withConfinement(
                new Confinement(
                    List.of(),
                    List.of("ALL"),
                    false,
                    new SeccompChoice.Unconfined(),
                    true,
                    false,
                    List.of()));
    StartFacts plain = facts(List.of(), List.of());
    StartFacts facts =
        new StartFacts(
            new User(1000, 50, List.of(50, 100), "/home/u"),
            plain.capabilities(),
            plain.kernel(),
            plain.osArch(),
            List.of(),
            List.of(),
            List.of(),
            "/place",
            List.of(),
            List.of());
    String text = StepProgram.compile(spec, facts).explain();
    assertThat(text.substring(text.indexOf("makes a terminal")))
        .isEqualTo(
            """
            makes a terminal and takes it as standard input, output and error
             59  limits nofile to 1024, at most unlimited
                   $ prlimit --nofile=1024:unlimited
             60  creates files with umask 0022
                   $ umask 0022
             61  gives up for ever all capabilities but none
                   $ setpriv --bounding-set -all
             62  is in the groups 50,100
                   $ setpriv --groups 50,100
             63  keeps its capabilities over the change of user
             64  becomes user 1000, group 50
                   $ setpriv --reuid 1000 --regid 50
             65  dies with its keeper
                   $ setpriv --pdeathsig KILL
             66  holds the capabilities 1 (CAP_SYS_ADMIN)
                   $ setpriv --inh-caps -all
             67  gains no privileges from set-uid programs
                   $ setpriv --no-new-privs
             68  works in /srv/app
                   $ cd /srv/app
             69  holds the capabilities none
                   $ setpriv --inh-caps -all
             70  leaves an init as pid 1, and goes on as its child
             71  runs id
                   $ exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOSTNAME=0123456789ab TERM=xterm HOME=/home/u id
            """);
  }

  @Test
  @Tag("SEC-13")
  void anExecJoinsEverythingAndIsConfinedAlike() throws IOException {
    StepProgram program =
        StepProgram.compileExec(
            spec("sleep").withProcess(ProcessSpec.of(List.of("sleep")).withEnv(List.of("A=1", "B=2"))),
            new ExecSpec(List.of("sh", "-c", "echo $A"), List.of("A=3"), "/tmp", "", false, false),
            new ExecFacts(User.ROOT, ALL, KERNEL, "amd64", List.of("memory")));
    assertThat(program.slots()).containsExactly("cgroup memory", "process");
    assertThat(program.explain()).isEqualTo(printed("exec.txt"));
  }

  @Test
  void theBytesAreThoseOfTheProtocol() {
    StepProgram program =
        new StepProgram(
            0,
            List.of(Step.of(Op.DUMPABLE, 0), Step.of(Op.WRITE, "/p", new byte[] {1, 2, 3})), List.of());
    assertThat(program.encode())
        .isEqualTo(
            java.util.HexFormat.of()
                .parseHex(
                    ("4a435031" + "02000000")
                        + ("0500" + "0100" + "00000000" + "0000000000000000")
                        + ("1400" + "0200" + "01000000" + "02000000" + "2f700000")
                        + ("01000000" + "03000000" + "01020300")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel.panic", "vm.swappiness", "net.ipv4/../../kernel/panic", "kernel/panic"})
  void settingsOfTheHostAreRefused(String name) {
    ContainerSpec spec = spec("id").withSysctls(Map.of(name, "1"));
    assertThatThrownBy(() -> StepProgram.compile(spec, facts(List.of(), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void settingsOfTheContainersOwnNamespacesAreWritten() {
    ContainerSpec spec =
        spec("id")
            .withSysctls(
                Map.of("net.core.somaxconn", "99", "net/ipv4/conf/eth0.1/forwarding", "1", "kernel.shmmax", "7"));
    assertThat(StepProgram.compile(spec, facts(List.of(), List.of())).explain())
        .contains("writes 99 to /proc/sys/net/core/somaxconn")
        .contains("writes 1 to /proc/sys/net/ipv4/conf/eth0.1/forwarding")
        .contains("writes 7 to /proc/sys/kernel/shmmax")
        .contains("writes 0 to /proc/sys/net/ipv4/ip_unprivileged_port_start");
  }

  @Test
  void aSpecSurvivesJson() throws IOException {
    ContainerSpec spec =
        spec("id")
            .withMounts(
                List.of(
                    Mount.Bind.of("/a", "/b", true),
                    new Mount.Volume("v", "/v", "/c", false, true, "sub"),
                    new Mount.Tmpfs("/t", "size=1m", false)))
            .withConfinement(
                new Confinement(
                    List.of("NET_ADMIN"),
                    List.of(),
                    false,
                    new SeccompChoice.Profile("{}"),
                    true,
                    true,
                    List.of("c 1:3 r")));
    assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
    assertThat(new String(SpecJson.write(spec))).contains("\"/layers/a\"").contains("\"type\" : \"bind\"");
  }
}

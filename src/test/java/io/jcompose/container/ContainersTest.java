package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jcompose.container.cgroup.Limits;
import io.jcompose.container.security.SeccompChoice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containers, what they are made of and what they may do. It ends by showing that nothing is left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainersTest {
  private TestHost host;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  private String output(ContainerSpec spec) throws Exception {
    return host.run(spec).output();
  }

  /** With both streams in one pipe: between two, order is chance. */
  private ContainerSpec shell(String script) {
    return host.spec("sh", "-c", "exec 2>&1; " + script);
  }

  @Test
  void runsACommandAndTellsItsCode() throws Exception {
    TestHost.Ran ran = host.run(host.spec("sh", "-c", "echo hello; echo world >&2; exit 7"));
    assertThat(ran.output()).contains("hello\n").contains("world\n");
    assertThat(ran.code()).isEqualTo(7);
  }

  @Test
  void defaultCapabilities() throws Exception {
    assertThat(output(shell("grep -E 'Cap|NoNew|Seccomp:' /proc/self/status")))
        .isEqualTo(
            """
            CapInh:	0000000000000000
            CapPrm:	00000000a80425fb
            CapEff:	00000000a80425fb
            CapBnd:	00000000a80425fb
            CapAmb:	0000000000000000
            NoNewPrivs:	0
            Seccomp:	2
            """);
  }

  @Test
  void aUserHasNoCapabilities() throws Exception {
    ContainerSpec spec = shell("grep Cap /proc/self/status");
    assertThat(output(spec.withProcess(spec.process().withUser("1000:1000"))))
        .isEqualTo(
            """
            CapInh:	0000000000000000
            CapPrm:	0000000000000000
            CapEff:	0000000000000000
            CapBnd:	00000000a80425fb
            CapAmb:	0000000000000000
            """);
  }

  private ContainerSpec confined(String script, List<String> add, List<String> drop) {
    return shell(script)
        .withConfinement(
            new Confinement(add, drop, false, new SeccompChoice.Default(), true, false, List.of()));
  }

  @Test
  void withoutCapabilitiesNothingIsAllowedAndNoPrivilegeIsGained() throws Exception {
    assertThat(
            output(
                confined(
                    "grep -E 'CapBnd|NoNew' /proc/self/status; chown 1 /tmp",
                    List.of(),
                    List.of("ALL"))))
        .isEqualTo(
            """
            CapBnd:	0000000000000000
            NoNewPrivs:	1
            chown: /tmp: Operation not permitted
            """);
    assertThat(
            output(confined("grep CapEff /proc/self/status", List.of("net_bind_service"), List.of("all"))))
        .isEqualTo("CapEff:\t0000000000000400\n");
  }

  @Test
  void sysAdminMayMountWhatOthersMayNot() throws Exception {
    String script = "mount -t tmpfs t /tmp && echo mounted; unshare -m true && echo unshared";
    assertThat(output(shell(script)))
        .isEqualTo(
            """
            mount: permission denied (are you root?)
            unshare: unshare(0x20000): Operation not permitted
            """);
    ContainerSpec admin =
        shell(script)
            .withConfinement(
                new Confinement(
                    List.of("SYS_ADMIN"), List.of(), false, new SeccompChoice.Default(), false, false, List.of()));
    assertThat(output(admin)).isEqualTo("mounted\nunshared\n");
  }

  @Test
  void theFilterStandsWhereCapabilitiesWouldLet() throws Exception {
    Confinement unfiltered =
        new Confinement(
            List.of(), List.of(), false, new SeccompChoice.Unconfined(), false, false, List.of());
    String script = "unshare -U true && echo made; grep Seccomp: /proc/self/status";
    assertThat(output(shell(script)))
        .isEqualTo("unshare: unshare(0x10000000): Operation not permitted\nSeccomp:\t2\n");
    assertThat(output(shell(script).withConfinement(unfiltered))).isEqualTo("made\nSeccomp:\t0\n");
  }

  @Test
  void ownFilterIsUsed() throws Exception {
    String profile =
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
        """;
    ContainerSpec spec =
        shell("mkdir /tmp/x")
            .withConfinement(
                new Confinement(
                    List.of(), List.of(), false, new SeccompChoice.Profile(profile), false, false, List.of()));
    assertThat(output(spec)).contains("No space left on device");
  }

  @Test
  void whatTellsOfTheHostIsHidden() throws Exception {
    String output =
        output(
            shell(
                "cat /proc/keys /proc/timer_list /proc/interrupts | wc -c; ls -A /proc/acpi /sys/firmware;"
                    + " umount /proc/keys; echo 1 > /proc/sys/kernel/panic; echo 1 > /proc/sysrq-trigger;"
                    + " touch /sys/x; mkdir /sys/fs/cgroup/memory/x"));
    assertThat(output)
        .startsWith("0\n")
        .contains("can't unmount /proc/keys: Operation not permitted")
        .contains("can't create /proc/sys/kernel/panic: Read-only file system")
        .contains("touch: /sys/x: Read-only file system")
        .contains("mkdir: can't create directory '/sys/fs/cgroup/memory/x': Read-only file system");
  }

  @Test
  void namespacesAreItsOwn() throws Exception {
    String output =
        output(
            shell(
                "hostname; ls -d /proc/[0-9]* | wc -l; echo $$; cut -d: -f3 /proc/self/cgroup | sort -u;"
                    + " for n in mnt uts ipc net pid cgroup; do readlink /proc/self/ns/$n; done"));
    List<String> lines = output.lines().toList();
    assertThat(lines.getFirst()).hasSize(12);
    assertThat(Integer.parseInt(lines.get(1))).isLessThan(5);
    assertThat(lines.get(2)).isEqualTo("1");
    assertThat(lines.get(3)).isEqualTo("/");
    for (String line : lines.subList(4, 10)) {
      String kind = line.substring(0, line.indexOf(':'));
      assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind))).isNotEqualTo(Path.of(line));
    }
  }

  @Test
  void devicesAreTheHarmlessOnes() throws Exception {
    assertThat(output(shell("cd /dev && find . | grep -v pts/ | sort | tr '\\n' ' '; stat -c %a null")))
        .isEqualTo(
            ". ./fd ./full ./mqueue ./null ./ptmx ./pts ./random ./shm ./stderr ./stdin ./stdout ./tty"
                + " ./urandom ./zero 666\n");
    assertThat(output(shell("mknod /tmp/k c 1 11 && echo made; head -c1 /tmp/k; echo x > /dev/null && echo ok")))
        .isEqualTo("made\nhead: /tmp/k: Operation not permitted\nok\n");
  }

  @Test
  void aGivenDeviceWorksAsFarAsItIsGiven() throws Exception {
    ContainerSpec spec =
        shell("head -c1 /dev/x | wc -c; echo x > /dev/x; ls -l /dev/x | cut -c1-10")
            .withDevices(List.of(new Device("/dev/kmsg", "/dev/x", "r")));
    assertThat(output(spec)).contains("/dev/x: Operation not permitted").contains("crw");
    assertThatThrownBy(
            () -> output(spec.withDevices(List.of(new Device("/dev/nosuch", "/dev/x", "r")))))
        .hasMessageContaining("/dev/nosuch does not exist");
  }

  @Test
  void aPrivilegedContainerSeesEverything() throws Exception {
    ContainerSpec spec =
        shell(
                "grep -E 'CapEff|Seccomp:' /proc/self/status; test -e /dev/kmsg && echo kmsg;"
                    + " grep -c ' /proc/keys ' /proc/mounts; touch /sys/fs/cgroup/memory/cgroup.procs && echo rw")
            .withConfinement(
                new Confinement(
                    List.of(), List.of(), true, new SeccompChoice.Default(), false, false, List.of()));
    assertThat(output(spec)).isEqualTo(
            "CapEff:\t%016x\nSeccomp:\t0\nkmsg\n0\nrw\n".formatted(HostFacts.read().capabilities()));
  }

  @Test
  void noDescriptorOfTheHostIsInside() throws Exception {
    assertThat(output(shell("ls -l /proc/1/fd > /tmp/l; grep -v /tmp/l /tmp/l | sed -n 's/.* -> //p' | sed 's/[0-9]*//g' | sort")))
        .isEqualTo("/dev/null\npipe:[]\npipe:[]\n");
    ContainerSpec tty = shell("ls -l /proc/1/fd > /tmp/l; grep -v /tmp/l /tmp/l | sed -n 's/.* -> //p'; tty; ls /dev/console; stty size");
    assertThat(output(tty.withProcess(tty.process().withTty(true))))
        .isEqualTo("/dev/pts/0\r\n".repeat(4).replaceFirst("$", "") + "/dev/console\r\n24 80\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1234:5678|uid=1234 gid=5678 groups=5678|/",
        "4321|uid=4321 gid=0(root)|/",
        "ann|uid=1000(ann) gid=1001(ann) groups=29(audio),44(video),1001(ann)|/home/ann",
        "1000|uid=1000(ann) gid=1001(ann) groups=29(audio),44(video),1001(ann)|/home/ann",
        "ann:audio|uid=1000(ann) gid=29(audio) groups=29(audio)|/home/ann",
        "root|uid=0(root) gid=0(root)|/root"
      })
  @Tag("USR-6")
  void usersAreLookedUpInTheImage(String user, String id, String home) throws Exception {
    ContainerSpec spec = shell("id; echo $HOME");
    String[] lines = output(spec.withProcess(spec.process().withUser(user))).split("\n");
    assertThat(lines[0]).startsWith(id);
    assertThat(lines[1]).isEqualTo(home);
  }

  @Test
  void groupsCanBeAdded() throws Exception {
    ContainerSpec spec = shell("id -G");
    ProcessSpec process = spec.process().withGroupAdd(List.of("audio", "4242"));
    assertThat(output(spec.withProcess(process))).isEqualTo("0 29 4242\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4294967296", "-1", "2147483648", "4294967295", "0x0", " 0", "nosuch", "root:nosuch"})
  void aUserThatIsNoneIsRefused(String user) {
    ContainerSpec spec = host.spec("id");
    assertThatThrownBy(() -> host.run(spec.withProcess(spec.process().withUser(user))))
        .asInstanceOf(type(StartException.class))
        .extracting(StartException::exitCode)
        .isEqualTo(125);
  }

  @Test
  @Tag("USR-2")
  void aPasswdThatPointsOutsideIsReadInside() throws Exception {
    Path layer = Files.createDirectories(host.root.resolve("evil/etc"));
    Files.createSymbolicLink(layer.resolve("passwd"), Path.of("/../../../../etc/passwd"));
    assertThatThrownBy(() -> host.run(userOf(layer.getParent(), "daemon"))).hasMessageContaining("symbolic");
  }

  /** With one more layer on top. */
  private ContainerSpec userOf(Path layer, String user) {
    ContainerSpec spec = host.spec("id");
    return new ContainerSpec(
        spec.id(), spec.name(), RootSpec.of(List.of(layer, host.layer)), spec.process().withUser(user), spec.isolation(),
        spec.confinement(), spec.mounts(), spec.devices(), spec.shmSize(), spec.sysctls(), spec.limits(), spec.stop(),
        spec.log(), spec.labels(), Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"passwd", "group"})
  @Tag("USR-5")
  void aFileOfUsersThatIsTooLargeIsNotRead(String name) throws Exception {
    Path layer = host.root.resolve("huge-" + name);
    Path file = Files.createDirectories(layer.resolve("etc")).resolve(name);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(2L << 30);
    }
    assertThatThrownBy(() -> host.run(userOf(layer, "ann")))
        .hasMessageContaining("/etc/" + name + " of the image is larger than the 8 MiB that are read of it");
    Files.writeString(file, Files.readString(host.layer.resolve("etc/" + name)));
    assertThat(output(userOf(layer, "ann"))).as("control").startsWith("uid=1000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch|127|exec: \"nosuch\": executable file not found in $PATH",
        "/no/such|127|exec: \"/no/such\": no such file or directory",
        "/etc/not-executable|126|exec: \"/etc/not-executable\": permission denied",
        "/etc|126|exec: \"/etc\": permission denied",
        "/etc/broken|126|exec: \"/etc/broken\": exec format error"
      })
  void aCommandThatCannotRun(String command, int code, String message) throws Exception {
    Path broken = host.layer.resolve("etc/broken");
    if (!Files.exists(broken)) {
      Files.write(broken, new byte[] {1, 2, 3, 4});
      Files.setPosixFilePermissions(
          broken, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertThatThrownBy(() -> host.run(host.spec(command)))
        .hasMessageStartingWith(message)
        .asInstanceOf(type(StartException.class))
        .extracting(StartException::exitCode)
        .isEqualTo(code);
  }

  @Test
  void theWorkingDirectoryIsMadeAndEntered() throws Exception {
    ContainerSpec spec = shell("pwd; stat -c '%u %a' .");
    assertThat(output(spec.withProcess(spec.process().withCwd("/srv/deep/app"))))
        .isEqualTo("/srv/deep/app\n0 755\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/self/fd/3", "/proc/self/fd/7/../..", "/proc/1/root", "/proc/self/cwd/.."})
  @Tag("USR-7")
  void aWorkingDirectoryOutsideIsRefused(String cwd) {
    ContainerSpec spec = host.spec("pwd");
    assertThatThrownBy(() -> host.run(spec.withProcess(spec.process().withCwd(cwd))))
        .isInstanceOf(StartException.class);
  }

  @Test
  @Tag("RES-3")
  void memoryRunsOutForTheContainerAlone() throws Exception {
    ContainerSpec spec = host.spec("tail", "/dev/zero").withLimits(Limits.NONE.withMemory(32L << 20));
    TestHost.Ran ran = host.run(spec);
    assertThat(ran.code()).isEqualTo(137);
    assertThat(ran.oomKills()).isEqualTo(1);
  }

  @Test
  @Tag("RES-1")
  void processesRunOut() throws Exception {
    ContainerSpec spec =
        shell("for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; wait").withLimits(Limits.NONE.withPids(5));
    assertThat(output(spec)).contains("Resource temporarily unavailable");
  }

  @Test
  void ulimitsAndUmask() throws Exception {
    ContainerSpec spec = shell("ulimit -n; ulimit -Hn; umask");
    ProcessSpec process = spec.process().withUlimits(List.of(new Ulimit("nofile", 77, 99)));
    assertThat(output(spec.withProcess(process))).isEqualTo("77\n99\n0022\n");
  }

  @Test
  void filesInEtcAreGiven() throws Exception {
    assertThat(output(shell("cat /etc/hosts /etc/hostname; mv /etc/hosts /etc/x")))
        .isEqualTo("127.0.0.1 localhost\nc\nmv: can't rename '/etc/hosts': Device or resource busy\n");
  }

  @Test
  void sysctlsAndShm() throws Exception {
    ContainerSpec spec =
        shell("cat /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/ip_unprivileged_port_start;"
                + " df -k /dev/shm | tail -1 | awk '{print $2}'")
            .withSysctls(Map.of("net.core.somaxconn", "99"));
    assertThat(output(spec)).isEqualTo("99\n0\n65536\n");
  }

  @Test
  @Tag("RES-13")
  void anInitReapsAndForwards() throws Exception {
    ContainerSpec spec = shell("echo $$; ps -o pid,comm | grep ' 1 '; exit 9");
    TestHost.Ran ran = host.run(spec.withProcess(spec.process().withInit(true)));
    assertThat(ran.output()).startsWith("2\n").contains("jcompose-init");
    assertThat(ran.code()).isEqualTo(9);
  }

  @Test
  void theRootCanBeReadOnly() throws Exception {
    ContainerSpec spec = shell("touch /x; touch /run/x && echo ok; touch /dev/shm/y && echo ok");
    RootSpec root = new RootSpec(List.of(host.layer), Path.of(""), true);
    ContainerSpec readOnly =
        new ContainerSpec(
            spec.id(), spec.name(), root, spec.process(), spec.isolation(), spec.confinement(),
            List.of(new Mount.Tmpfs("/run", "size=1m,mode=700", false)), spec.devices(), spec.shmSize(),
            spec.sysctls(), spec.limits(), spec.stop(), spec.log(), spec.labels(), Map.of());
    assertThat(output(readOnly)).isEqualTo("touch: /x: Read-only file system\nok\nok\n");
  }

  @Test
  void aWritableLayerCanBeGiven() throws Exception {
    Path own = Files.createDirectories(host.root.resolve("step"));
    ContainerSpec spec = shell("echo built > /result");
    RootSpec root = new RootSpec(List.of(host.layer), own, false);
    ContainerSpec step =
        new ContainerSpec(
            spec.id(), spec.name(), root, spec.process(), spec.isolation(), spec.confinement(), spec.mounts(),
            spec.devices(), spec.shmSize(), spec.sysctls(), spec.limits(), spec.stop(), spec.log(), spec.labels(), Map.of());
    assertThat(host.run(step).code()).isZero();
    assertThat(own.resolve("upper/result")).hasContent("built\n");
  }
}

package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the containers of a service may do, tried inside of them; each refusal beside one that is allowed. */
class ConfinementTest {
  private static final String DEFAULT_CAPABILITIES = "00000000a80425fb";
  private static final String NONE = "0000000000000000";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static TestProject project;

  @BeforeAll
  static void up() {
    project =
        engine.project(
            "confined",
            """
            x-sleeper: &sleeper {image: busybox, init: true, command: sleep 1000}
            services:
              plain: {<<: *sleeper}
              user: {<<: *sleeper, user: "1000:1000"}
              groups: {<<: *sleeper, group_add: ["4242"]}
              none: {<<: *sleeper, cap_drop: [ALL]}
              one: {<<: *sleeper, cap_drop: [all], cap_add: [Cap_Net_Bind_Service]}
              all: {<<: *sleeper, cap_add: [ALL]}
              gainless: {<<: *sleeper, security_opt: ["no-new-privileges:true"], user: "1000"}
              unfiltered: {<<: *sleeper, security_opt: ["seccomp=unconfined"]}
              admin: {<<: *sleeper, cap_add: [SYS_ADMIN]}
              privileged: {<<: *sleeper, privileged: true}
              read-only: {<<: *sleeper, read_only: true, tmpfs: [/run]}
              devices: {<<: *sleeper, devices: ["/dev/loop-control:/dev/x:r"]}
              settings: {<<: *sleeper, pids_limit: 50, sysctls: {net.core.somaxconn: 99}, ulimits: {nofile: {soft: 100, hard: 200}}}
              shared: {<<: *sleeper, ipc: shareable}
              guest: {<<: *sleeper, ipc: "service:shared", pid: "service:shared"}
            """);
    project.up();
  }

  @AfterAll
  static void nothingIsLeft() {
    project.down();
  }

  @Test
  void aControlGroupOfTheUsersHasThatOfTheContainerInIt() {
    String parent = "jctest-" + io.jcompose.network.Mark.of(engine.root()).value();
    TestProject below =
        engine.project(
            "below",
            """
            services:
              a:
                image: busybox
                init: true
                command: sleep 1000
                cgroup_parent: /%s/x
                mem_limit: 64m
                annotations: {org.example.note: hello}
            """
                .formatted(parent));
    below.up();
    String format = "{{.HostConfig.CgroupParent}} {{index .HostConfig.Annotations \"org.example.note\"}} {{.State.Pid}}";
    String[] facts = engine.run("container", "inspect", "-f", format, "below-a-1").ok().out().strip().split(" ");
    assertThat(facts).startsWith("/" + parent + "/x", "hello");
    assertThat(Host.run("cat", "/proc/" + facts[2] + "/cgroup").out()).contains("memory:/" + parent + "/x/jcompose-");
    Host.run("kill", "-KILL", Long.toString(engine.pid().orElseThrow())).ok();
    assertThat(below.sh("a", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes")).isEqualTo("67108864");
    below.down();
    assertThat(Host.run("find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", parent).out()).isEmpty();
  }

  /** A line of /proc/PROCESS/status. */
  private static String status(String service, String process, String key) {
    return project.sh(service, "sed -n 's/^" + key + ":[[:space:]]*//p' /proc/" + process + "/status");
  }

  private static List<String> capabilities(String service, String process) {
    List<String> sets = new ArrayList<>();
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      sets.add(status(service, process, set));
    }
    return sets;
  }

  /** Whether a shell in the container ends well; what it says does not matter. */
  private static boolean can(String service, String script) {
    return project.run("exec", "-T", service, "sh", "-c", script).code() == 0;
  }

  @Test
  @DisplayName("CAP-1, CAP-2, CAP-8: fourteen capabilities and none to inherit, for the first process and an exec")
  void defaultCapabilities() {
    for (String process : List.of("1", "self")) {
      assertThat(capabilities("plain", process))
          .as(process)
          .containsExactly(NONE, DEFAULT_CAPABILITIES, DEFAULT_CAPABILITIES, DEFAULT_CAPABILITIES, NONE);
    }
  }

  @Test
  @DisplayName("CAP-3: a user has none, the init that never execs included")
  void capabilitiesOfAUser() {
    for (String process : List.of("1", "2", "self")) {
      assertThat(capabilities("user", process))
          .as(process)
          .containsExactly(NONE, NONE, NONE, DEFAULT_CAPABILITIES, NONE);
    }
  }

  @Test
  @DisplayName("CAP-4, CAP-5, CAP-6: capabilities are dropped and added by name, in any spelling")
  void capabilitiesByName() {
    assertThat(capabilities("none", "self")).containsOnly(NONE);
    assertThat(can("none", "chown 1 /tmp")).isFalse();
    assertThat(can("plain", "chown 1 /tmp && chown 0 /tmp")).as("control").isTrue();
    assertThat(status("one", "self", "CapEff")).isEqualTo("0000000000000400");
    assertThat(status("all", "self", "CapEff")).isEqualTo(status("privileged", "self", "CapEff"));
    TestProject wrong =
        engine.project("wrong", "services: {a: {image: busybox, cap_add: [FLY]}}\n");
    assertThat(wrong.run("up", "-d").code()).isNotZero();
    assertThat(wrong.run("up", "-d").err()).contains("FLY");
    wrong.down();
  }

  @Test
  @DisplayName("NNP-1, NNP-2: no-new-privileges holds where it is asked for, and only there")
  void noNewPrivileges() {
    assertThat(status("gainless", "self", "NoNewPrivs")).isEqualTo("1");
    assertThat(status("plain", "self", "NoNewPrivs")).isEqualTo("0");
  }

  @Test
  @DisplayName("USR-1, USR-3, USR-4, USR-6: users by number, groups of the image, and no number that wraps to root")
  void users() {
    assertThat(project.sh("user", "id -u; id -g; id -G")).isEqualTo("1000\n1000\n1000");
    assertThat(project.sh("groups", "id -G")).isEqualTo("0 4242");
    for (String user : List.of("4294967296", "-1", "2147483648", "4294967295")) {
      Result refused = project.run("exec", "-T", "--user=" + user, "plain", "id", "-u");
      assertThat(refused.code()).as(user).isNotZero();
      assertThat(refused.out()).as(user).isEmpty();
    }
    assertThat(project.run("exec", "-T", "-u", "1234", "plain", "id", "-u").ok().out()).as("control").isEqualTo("1234\n");
    assertThat(project.run("exec", "-T", "-u", "nobody", "plain", "sh", "-c", "echo $HOME").ok().out()).isEqualTo("/home\n");
  }

  @Test
  @DisplayName("DEV-7: the null device that a user's command is given stays what it is, inside and outside")
  void theNullDevice() {
    String script = "\"$0\" exec -T -u 1000 plain sh -c 'echo x >/dev/stdout' </dev/null >/dev/null 2>/dev/null";
    Running exec =
        engine.startProgram(project.folder(), Map.of(), List.of("sh", "-c", script, TestEngine.client().toString()));
    exec.closeInput().end();
    assertThat(Host.run("stat", "-c", "%u %g %a %t:%T", "/dev/null").out()).isEqualTo("0 0 666 1:3\n");
    assertThat(project.sh("plain", "stat -c '%u %g %a %t:%T' /dev/null")).isEqualTo("0 0 666 1:3");
    assertThat(project.sh("user", "stat -c '%u %g %a %t:%T' /dev/null")).isEqualTo("0 0 666 1:3");
  }

  @Test
  @DisplayName("SEC-1, SEC-9, SEC-10, SEC-11: one filter everywhere, off where asked, looser with a capability")
  void seccomp() {
    for (String process : List.of("1", "self")) {
      assertThat(status("plain", process, "Seccomp")).as(process).isEqualTo("2");
      assertThat(status("plain", process, "Seccomp_filters")).as(process).isEqualTo("1");
    }
    assertThat(status("unfiltered", "self", "Seccomp")).isEqualTo("0");
    assertThat(can("plain", "unshare -m true")).isFalse();
    assertThat(can("admin", "unshare -m true")).as("control").isTrue();
  }

  @Test
  @DisplayName("SEC-12: a profile that can't be read stops the start instead of being left out")
  void brokenProfile() {
    TestProject broken =
        engine.project("broken", "services: {a: {image: busybox, security_opt: [\"seccomp=p.json\"]}}\n");
    broken.file("p.json", "{\"defaultAction\": \"SCMP_ACT_FLY\"}");
    assertThat(broken.run("up", "-d").code()).isNotZero();
    broken.file("p.json", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
    assertThat(broken.run("up", "-d", "--force-recreate").code()).as("control").isZero();
    broken.down();
  }

  @Test
  @DisplayName("PRC-1, PRC-3, PRC-4, PRC-5, PRC-6: what /proc would tell or change is masked for good")
  void masks() {
    for (String file : List.of("/proc/keys", "/proc/timer_list", "/proc/interrupts")) {
      assertThat(project.sh("plain", "wc -c <" + file)).as(file).isEqualTo("0");
    }
    assertThat(project.sh("privileged", "test $(wc -c </proc/interrupts) -gt 0 && echo told")).as("control").isEqualTo("told");
    assertThat(project.sh("plain", "ls -A /proc/acpi /sys/firmware | grep -v :; true")).isEmpty();
    for (String script :
        List.of(
            "umount /proc/keys",
            "mkdir -p /m && mount -t proc proc /m",
            "echo 1 >/proc/sys/kernel/panic",
            "echo x >/proc/sys/kernel/core_pattern",
            "echo x >/proc/sys/kernel/modprobe",
            "echo 1 >/proc/sys/net/core/somaxconn",
            "echo x >/sys/kernel/uevent_helper")) {
      assertThat(can("plain", script)).as(script).isFalse();
    }
    assertThat(can("privileged", "mkdir -p /m && mount -t proc proc /m && umount /m")).as("control").isTrue();
    assertThat(project.sh("settings", "cat /proc/sys/net/core/somaxconn")).isEqualTo("99");
    TestProject global =
        engine.project("global", "services: {a: {image: busybox, sysctls: {kernel.panic: 1}}}\n");
    assertThat(global.run("up", "-d").err()).contains("kernel.panic");
    global.down();
  }

  @Test
  @DisplayName("PRC-7, CGN-1, SYS-1, SYS-2: a process sees its own container, and changes no control group")
  void ownView() {
    int seen = Integer.parseInt(project.sh("plain", "ls /proc | grep -c '^[0-9]'"));
    assertThat(seen).isBetween(2, 8);
    assertThat(project.sh("plain", "cut -d: -f3 /proc/self/cgroup | sort -u")).isEqualTo("/");
    assertThat(can("plain", "touch /sys/x || mkdir /sys/fs/cgroup/pids/x || echo 0 >/sys/fs/cgroup/pids/pids.max")).isFalse();
    assertThat(can("plain", "mkdir -p /m && mount -t cgroup -o rdma c /m")).isFalse();
  }

  @Test
  @DisplayName("DEV-1, DEV-3, DEV-4, DEV-5: the devices of the list, no other by mknod, and the letters of a rule")
  void devices() {
    List<String> nodes = Arrays.asList(project.sh("plain", "ls /dev").split("\\s+"));
    assertThat(nodes)
        .containsExactlyInAnyOrder(
            "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty",
            "urandom", "zero");
    assertThat(project.sh("plain", "mknod /tmp/kmsg c 1 11; mknod /tmp/loop b 7 0; ls /tmp | sort")).contains("kmsg", "loop");
    assertThat(can("plain", "head -c1 /tmp/kmsg")).isFalse();
    assertThat(can("plain", "head -c1 /tmp/loop")).isFalse();
    assertThat(can("plain", "head -c1 /dev/zero >/dev/null")).as("control").isTrue();
    assertThat(can("devices", ": <>/dev/x")).as("reading and writing").isFalse();
    assertThat(can("devices", ": </dev/x")).as("reading").isTrue();
  }

  @Test
  @DisplayName("MNT-2, MNT-5: a read-only root, and no mount of the host but the sources that were asked for")
  void rootFileSystem() {
    assertThat(can("read-only", "touch /x")).isFalse();
    assertThat(can("read-only", "touch /run/x /dev/shm/x")).isTrue();
    assertThat(project.sh("plain", "ls -a / | grep -i old; true")).isEmpty();
    assertThat(project.sh("plain", "ls /..")).isEqualTo(project.sh("plain", "ls /"));
  }

  @Test
  @DisplayName("ESC-1, ESC-2: no descriptor of the host, and no working directory outside of the root")
  void descriptors() {
    for (int i = 3; i < 20; i++) {
      Result exec = project.run("exec", "-T", "-w", "/proc/self/fd/" + i, "plain", "pwd");
      assertThat(exec.code()).as(String.valueOf(i)).isNotZero();
    }
    assertThat(project.run("exec", "-T", "-w", "/tmp", "plain", "pwd").ok().out()).as("control").isEqualTo("/tmp\n");
    String kinds = "for p in 1 2 self; do for f in /proc/$p/fd/*; do readlink $f; done; done | sed 's/:.*//' | sort -u";
    assertThat(Arrays.asList(project.sh("plain", kinds).split("\n"))).isSubsetOf("/dev/null", "pipe", "/proc/1/fd", "/proc/2/fd");
  }

  @Test
  @DisplayName("PRV-1: privileged is what lifts all of it")
  void privileged() {
    assertThat(status("privileged", "self", "Seccomp")).isEqualTo("0");
    assertThat(Integer.parseInt(project.sh("privileged", "ls /dev | wc -l"))).isGreaterThan(14);
    assertThat(can("privileged", "mkdir -p /m && mount -t tmpfs t /m && umount /m")).isTrue();
  }

  @Test
  @DisplayName("SUP-8, RES-2: limits are those of the service, none when it has none, and the engine's environment is nobody else's")
  void inheritance() {
    assertThat(project.sh("settings", "ulimit -n; ulimit -Hn")).isEqualTo("100\n200");
    assertThat(project.sh("plain", "env | cut -d= -f1 | sort | tr '\\n' ' '")).isEqualTo("HOME HOSTNAME PATH PWD SHLVL");
    assertThat(project.sh("plain", "ulimit -c; umask")).isEqualTo("0\n0022");
    assertThat(project.sh("plain", "cat /sys/fs/cgroup/pids/pids.max")).isEqualTo("max");
    assertThat(project.sh("settings", "cat /sys/fs/cgroup/pids/pids.max")).as("control").isEqualTo("50");
  }

  @Test
  @DisplayName("RES-16, RES-17: neither the host's keys nor its kernel log")
  void kernelSecrets() {
    assertThat(can("plain", "dmesg >/dev/null")).isFalse();
    assertThat(project.sh("plain", "cat /proc/keys")).isEmpty();
  }

  @Test
  @DisplayName("ESC-15: who joins namespaces sees that container's processes and memory, and nothing of the host")
  void joinedNamespaces() {
    project.sh("shared", "echo common >/dev/shm/note");
    assertThat(project.sh("guest", "cat /dev/shm/note; readlink /proc/self/ns/ipc; readlink /proc/self/ns/pid"))
        .isEqualTo("common\n" + project.sh("shared", "readlink /proc/self/ns/ipc; readlink /proc/self/ns/pid"));
    assertThat(Integer.parseInt(project.sh("guest", "ls /proc | grep -c '^[0-9]'"))).isBetween(4, 10);
    assertThat(can("plain", "test -e /dev/shm/note")).as("control").isFalse();
    TestProject lonely =
        engine.project(
            "lonely",
            """
            services:
              host: {image: busybox, init: true, command: sleep 1000}
              guest: {image: busybox, init: true, command: sleep 1000, ipc: "service:host"}
            """);
    assertThat(lonely.run("up", "-d").expect(1).err()).contains("give that container ipc: shareable");
    lonely.down();
  }

  @Test
  @DisplayName("PRV-2: a probe tells what the kernel has, and which settings loosen it")
  void probe() {
    Result plain = project.run("container", "probe", "confined-plain-1").ok();
    assertThat(plain.out())
        .containsPattern("user +root, gid 0")
        .containsPattern("capabilities +chown .*setfcap\n")
        .containsPattern("system calls +filtered by the default profile")
        .containsPattern("namespaces +own: mnt pid net ipc uts cgroup;")
        .contains("Nothing loosens the default confinement.");
    assertThat(project.run("container", "probe", "confined-user-1").ok().out()).containsPattern("capabilities +none;");
    assertThat(project.run("container", "probe", "confined-read-only-1").ok().out()).containsPattern("root +read-only");
    assertThat(project.run("container", "probe", "confined-privileged-1").ok().out())
        .containsPattern("system calls +all: there is no filter")
        .contains("0 paths masked", "  privileged: it can do to the host whatever root can");
    assertThat(project.run("container", "probe", "confined-admin-1").ok().out()).contains("  cap_add: SYS_ADMIN");
    assertThat(project.run("container", "probe", "nobody").expect(1).err()).contains("nobody");
  }
}

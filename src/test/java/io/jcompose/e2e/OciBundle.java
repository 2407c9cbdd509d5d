package io.jcompose.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What dockerd would hand to runc for a container: its default specification of mid-2026. */
final class OciBundle {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> CAPABILITIES =
      List.of(
          "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
          "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE");

  /** In the order of their numbers. */
  private static final List<String> ALL_CAPABILITIES =
      List.of(
          "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
          "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
          "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
          "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
          "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
          "CHECKPOINT_RESTORE");
  private static final String MASKED =
      """
      ["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
       "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
       "/sys/firmware"]
      """;
  private static final String READ_ONLY =
      """
      ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
      """;
  private static final String MOUNTS =
      """
      [{"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
       {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
        "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
       {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
        "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
       {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "%1$s"]},
       {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
        "options": ["%1$s", "nosuid", "noexec", "nodev"]},
       {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
       {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
        "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"]},
       {"destination": "/out", "type": "bind", "source": "%2$s", "options": ["rbind", "rprivate"]}]
      """;

  /** What below /dev is made anew for each container. */
  private static final Set<String> NOT_GIVEN = Set.of("pts", "shm", "fd", "mqueue", "console", "ptmx");

  private OciBundle() {}

  /**
   * Writes {@code config.json} beside {@code rootfs}.
   *
   * @param out a folder that the container sees as /out
   * @param cgroup a path below each hierarchy
   */
  static void write(Path folder, ProbeVariant variant, Path out, String cgroup, List<String> arguments)
      throws IOException {
    ObjectNode config = MAPPER.createObjectNode();
    config.put("ociVersion", "1.0.2");
    config.put("hostname", "probed");
    config.putObject("root").put("path", "rootfs").put("readonly", false);
    config.set("process", process(variant, arguments));
    config.set("mounts", MAPPER.readTree(MOUNTS.formatted(variant.privileged() ? "rw" : "ro", out)));
    ObjectNode linux = config.putObject("linux").put("cgroupsPath", cgroup).put("rootfsPropagation", "private");
    for (String kind : List.of("mount", "network", "uts", "pid", "ipc")) {
      linux.withArray("namespaces").addObject().put("type", kind);
    }
    if (variant.privileged()) {
      linux.putObject("resources").withArray("devices").addObject().put("allow", true).put("access", "rwm");
      hostDevices(linux.putArray("devices"));
    } else {
      linux.putObject("resources").withArray("devices").addObject().put("allow", false).put("access", "rwm");
      linux.set("maskedPaths", MAPPER.readTree(MASKED));
      linux.set("readonlyPaths", MAPPER.readTree(READ_ONLY));
      linux.set("seccomp", OciSeccomp.of(Set.copyOf(capabilities(variant))));
    }
    Files.writeString(folder.resolve("config.json"), MAPPER.writeValueAsString(config));
  }

  private static ObjectNode process(ProbeVariant variant, List<String> arguments) {
    int id = variant.user() ? 1000 : 0;
    ObjectNode process = MAPPER.createObjectNode().put("cwd", "/").put("terminal", variant.terminal());
    process.putObject("user").put("uid", id).put("gid", id).putArray("additionalGids").add(id);
    arguments.forEach(process.putArray("args")::add);
    process.putArray("env").add("PATH=/bin");
    for (String set : List.of("bounding", "permitted", "effective")) {
      capabilities(variant).forEach(process.withObject("/capabilities").putArray(set)::add);
    }
    process.put("oomScoreAdj", 0);
    return process;
  }

  /** All of them are those that the test itself has. */
  private static List<String> capabilities(ProbeVariant variant) {
    List<String> names = variant.privileged() ? new ArrayList<>() : CAPABILITIES;
    if (variant.privileged()) {
      String held = Host.run("sed", "-n", "s/^CapEff:\\t//p", "/proc/self/status").ok().out().strip();
      long bits = Long.parseLong(held, 16);
      for (int i = 0; i < ALL_CAPABILITIES.size(); i++) {
        if ((bits >> i & 1) != 0) {
          names.add(ALL_CAPABILITIES.get(i));
        }
      }
    }
    return names.stream().map("CAP_"::concat).toList();
  }

  private static void hostDevices(ArrayNode devices) {
    List<String> command = new ArrayList<>(List.of("find", "/dev", "("));
    NOT_GIVEN.forEach(name -> command.addAll(List.of("-path", "/dev/" + name, "-o")));
    command.addAll(List.of("-false", ")", "-prune", "-o", "(", "-type", "c", "-o", "-type", "b", ")"));
    command.addAll(List.of("-exec", "stat", "-c", "%n %t %T %a %u %g %F", "{}", "+"));
    for (String line : Host.run(Path.of("/"), command).ok().out().split("\n")) {
      String[] fields = line.split(" ");
      devices
          .addObject()
          .put("path", fields[0])
          .put("major", Integer.parseInt(fields[1], 16))
          .put("minor", Integer.parseInt(fields[2], 16))
          .put("fileMode", Integer.parseInt(fields[3], 8))
          .put("uid", Integer.parseInt(fields[4]))
          .put("gid", Integer.parseInt(fields[5]))
          .put("type", fields[6].substring(0, 1));
    }
  }
}

package io.jcompose.engine.doctor;

import io.jcompose.engine.KernelCheck;
import io.jcompose.linux.LinuxException;
import io.jcompose.network.KernelProbe;
import io.jcompose.network.Mark;
import io.jcompose.network.NetworkException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel, the firewall, the disk and the limits of this host allow. */
public final class HostFindings {
  private static final long GIB = 1L << 30;
  private static final long FEW_FILES = 4096;
  private static final long FEW_PROCESSES = 4096;
  private static final long FEW_WATCHES = 64;
  private static final int MOST_OF_A_FILE = 64 * 1024;
  private static final List<String> CONTROLLERS = List.of("memory", "pids", "cpu");

  private HostFindings() {}

  /** @param root where data are kept, whether it is there yet or not */
  public static List<Finding> look(Path root) {
    List<Finding> findings = new ArrayList<>();
    kernel(findings);
    groups(findings);
    network(findings, root);
    disk(findings, root);
    limits(findings);
    return findings;
  }

  private static void kernel(List<Finding> findings) {
    List<String> missing = KernelCheck.missing();
    missing.forEach(what -> findings.add(Finding.bad("kernel", what, "use a kernel that has it")));
    if (missing.isEmpty()) {
      findings.add(Finding.good("kernel", text("/proc/sys/kernel/osrelease") + ", with namespaces and overlayfs"));
    }
    if (text("/proc/sys/vm/memfd_noexec").equals("2")) {
      findings.add(
          Finding.bad("kernel", "programs in memory are forbidden (vm.memfd_noexec=2)", "sysctl vm.memfd_noexec=1"));
    }
    if (!text("/proc/sys/kernel/seccomp/actions_avail").contains("errno")) {
      findings.add(
          Finding.warning("kernel", "it has no seccomp filters: containers may make any system call",
              "use a kernel with CONFIG_SECCOMP_FILTER"));
    }
  }

  private static void groups(List<Finding> findings) {
    String mounts = text("/proc/self/mounts");
    String unified = text("/sys/fs/cgroup/cgroup.controllers");
    boolean version2 = !unified.isEmpty();
    List<String> missing =
        CONTROLLERS.stream()
            .filter(name -> version2 ? !unified.contains(name) : !mounts.matches("(?s).* cgroup [^ ]*\\b" + name + "\\b.*"))
            .toList();
    if (!mounts.contains(" cgroup ") && !mounts.contains(" cgroup2 ")) {
      findings.add(
          Finding.bad("cgroups", "none are mounted", "mount -t cgroup2 none /sys/fs/cgroup"));
    } else if (missing.isEmpty()) {
      findings.add(Finding.good("cgroups", version2 ? "version 2" : "version 1"));
    } else {
      findings.add(
          Finding.warning("cgroups", "no controller for " + String.join(", ", missing) + ": such limits do nothing",
              "boot with cgroup_enable=" + missing.getFirst()));
    }
  }

  private static void network(List<Finding> findings, Path root) {
    try {
      List<String> missing = KernelProbe.missing();
      missing.forEach(
          what -> findings.add(Finding.bad("network", what, "load the module, or use \"network_mode: host\"")));
      if (missing.isEmpty()) {
        findings.add(Finding.good("network", "bridges, veth pairs and nftables work"));
      }
      KernelProbe.advice(Mark.of(root))
          .ifPresentOrElse(
              advice ->
                  findings.add(
                      Finding.bad("firewall", advice.firewall() + " drops what containers send", advice.command())),
              () -> findings.add(Finding.good("firewall", "no other one stops containers")));
    } catch (LinuxException | NetworkException e) {
      findings.add(Finding.bad("network", "cannot be tried: " + e.getMessage(), "run this as root"));
    }
  }

  private static void disk(List<Finding> findings, Path root) {
    Path there = root;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    try {
      var store = Files.getFileStore(there);
      long free = store.getUsableSpace();
      String text = "%.1f GiB free for %s (%s)".formatted((double) free / GIB, root, store.type());
      if (store.isReadOnly()) {
        findings.add(Finding.bad("disk", root + " is read-only", "remount it, or set JCOMPOSE_ROOT to another folder"));
      } else if (free < GIB) {
        findings.add(
            Finding.warning("disk", text, "make room: \"jcompose image prune\" and \"jcompose volume prune\" do"));
      } else {
        findings.add(Finding.good("disk", text));
      }
      if (List.of("overlay", "nfs", "nfs4", "vfat", "fuseblk").contains(store.type())) {
        findings.add(
            Finding.bad("disk", "a " + store.type() + " file system cannot hold a container's writable layer",
                "set JCOMPOSE_ROOT to a folder on ext4, xfs or btrfs"));
      }
    } catch (IOException e) {
      findings.add(Finding.bad("disk", there + " cannot be looked at: " + e.getMessage(), "run this as root"));
    }
  }

  private static void limits(List<Finding> findings) {
    List<Finding> low = new ArrayList<>();
    low(low, "open files", hardLimit("Max open files"), FEW_FILES, "ulimit -Hn 65536 before the engine starts");
    low(low, "processes", hardLimit("Max processes"), FEW_PROCESSES, "ulimit -Hu unlimited before the engine starts");
    low(low, "process numbers", number("/proc/sys/kernel/pid_max"), FEW_PROCESSES, "sysctl kernel.pid_max=4194304");
    low(low, "inotify instances", number("/proc/sys/fs/inotify/max_user_instances"), FEW_WATCHES,
        "sysctl fs.inotify.max_user_instances=512");
    if (low.isEmpty()) {
      findings.add(Finding.good("limits", "files, processes and watches suffice"));
    }
    findings.addAll(low);
  }

  private static void low(List<Finding> low, String what, long has, long wants, String advice) {
    if (has < wants) {
      low.add(Finding.warning("limits", "at most " + has + " " + what, advice));
    }
  }

  /** The second number of a line of /proc/self/limits. */
  private static long hardLimit(String name) {
    return text("/proc/self/limits")
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split("\\s+")[1])
        .mapToLong(value -> value.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(value))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private static long number(String file) {
    String text = text(file);
    return text.isEmpty() ? Long.MAX_VALUE : Long.parseLong(text);
  }

  /** A file of the kernel's; "" on a kernel that hasn't it. */
  private static String text(String file) {
    Path path = Path.of(file);
    if (!Files.exists(path)) {
      return "";
    }
    // In one read: the kernel gives a setting to the first one alone.
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(MOST_OF_A_FILE), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}

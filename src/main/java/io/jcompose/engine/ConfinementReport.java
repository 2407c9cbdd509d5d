package io.jcompose.engine;

import io.jcompose.container.Confinement;
import io.jcompose.container.Isolation;
import io.jcompose.container.Mount;
import io.jcompose.container.NamespaceMode;
import io.jcompose.container.cgroup.Limits;
import io.jcompose.container.security.Capabilities;
import io.jcompose.container.security.SeccompChoice;
import io.jcompose.engine.state.ContainerRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a running container may and may not do: what the kernel says of its first process, beside what was asked for.
 *
 * @param facts topic → what holds, in the order in which they are read
 * @param loosened what was asked for beyond the defaults, and what it allows; empty: nothing
 */
public record ConfinementReport(Map<String, String> facts, List<String> loosened) {
  /**
   * @param pid of its first process, which runs
   */
  static ConfinementReport of(ContainerRecord record, int pid) {
    ProcessFacts process = ProcessFacts.of(pid);
    Map<String, String> facts = new LinkedHashMap<>();
    Isolation isolation = record.spec().isolation();
    facts.put("user", user(process));
    facts.put("capabilities", capabilities(process));
    facts.put(
        "privileges",
        process.noNewPrivileges()
            ? "none can be gained: set-uid programs and file capabilities are ignored"
            : "set-uid programs work, within the capabilities above");
    facts.put("system calls", systemCalls(record.spec().confinement(), process));
    facts.put("namespaces", namespaces(process));
    facts.put("network", network(record));
    facts.put("root", (process.readOnly("/") ? "read-only" : "writable") + "; changes go with the container");
    facts.put("mounts", mounts(record));
    facts.put("/proc and /sys", kernelFiles(process));
    facts.put("devices", devices(record));
    facts.put("limits", limits(record));
    return new ConfinementReport(facts, loosened(record, isolation));
  }

  private static String user(ProcessFacts process) {
    return (process.uid() == 0 ? "root" : "uid " + process.uid())
        + ", gid " + process.gid()
        + (process.groups().isEmpty() ? "" : ", groups " + process.groups());
  }

  private static String capabilities(ProcessFacts process) {
    if (process.effective() == 0) {
      return "none" + (process.bounding() == 0 ? "" : "; a set-uid program could use: " + names(process.bounding()));
    }
    return names(process.effective());
  }

  private static String names(long mask) {
    return Capabilities.names(mask).stream()
        .map(name -> name.substring("CAP_".length()).toLowerCase(java.util.Locale.ROOT))
        .collect(Collectors.joining(" "));
  }

  private static String systemCalls(Confinement confinement, ProcessFacts process) {
    if (!process.filtered()) {
      return "all: there is no filter";
    }
    return confinement.seccomp() instanceof SeccompChoice.Profile
        ? "filtered by the profile of the file"
        : "filtered by the default profile, which follows the capabilities above";
  }

  private static String namespaces(ProcessFacts process) {
    List<String> shared = process.namespacesOfHost();
    return "own: " + String.join(" ", process.ownNamespaces())
        + (shared.isEmpty() ? "" : "; the host's: " + String.join(" ", shared));
  }

  private static String network(ContainerRecord record) {
    return switch (record.networkMode()) {
      case "host" -> "the host's interfaces and ports";
      case "none" -> "loopback only";
      case "container" -> "that of another container";
      default ->
          record.attachments().stream().map(a -> a.name()).collect(Collectors.joining(", "))
              + (record.ports().isEmpty() ? "; publishes nothing" : "; publishes " + record.ports().size() + " port(s)");
    };
  }

  private static String mounts(ContainerRecord record) {
    List<Mount> mounts = record.spec().mounts();
    return mounts.isEmpty()
        ? "none"
        : mounts.stream().map(ConfinementReport::mount).collect(Collectors.joining(", "));
  }

  private static String mount(Mount mount) {
    String source =
        switch (mount) {
          case Mount.Bind bind -> bind.source() + " of the host on ";
          case Mount.Volume volume -> "volume " + volume.name() + " on ";
          case Mount.Tmpfs _ -> "tmpfs on ";
          case Mount.Image image -> "an image on ";
          case Mount.File file -> "a file on ";
        };
    return source + mount.target() + (mount.readOnly() ? " (read-only)" : "");
  }

  private static String kernelFiles(ProcessFacts process) {
    String sys = process.readOnly("/sys") ? "/sys read-only" : "/sys writable";
    String settings = process.readOnly("/proc/sys") ? "kernel settings read-only" : "kernel settings writable";
    return sys + ", " + settings + ", " + process.maskedPaths() + " paths masked";
  }

  private static String devices(ContainerRecord record) {
    if (record.spec().confinement().privileged()) {
      return "all of the host";
    }
    String asked =
        record.spec().devices().stream()
            .map(d -> d.source() + " (" + d.permissions() + ")")
            .collect(Collectors.joining(", "));
    return "null zero full random urandom tty" + (asked.isEmpty() ? "" : ", and " + asked);
  }

  private static String limits(ContainerRecord record) {
    Limits limits = record.spec().limits();
    List<String> set = new ArrayList<>();
    if (limits.memory() > 0) {
      set.add("memory " + (limits.memory() >> 20) + " MiB");
    }
    if (limits.pids() > 0) {
      set.add(limits.pids() + " processes");
    }
    if (limits.nanoCpus() > 0) {
      set.add(limits.nanoCpus() / 1e9 + " CPUs");
    }
    if (limits.cpuQuota() > 0) {
      set.add("CPU quota " + limits.cpuQuota() + " µs");
    }
    if (!limits.cpusetCpus().isEmpty()) {
      set.add("CPUs " + limits.cpusetCpus());
    }
    return set.isEmpty() ? "none: it may use what the host has" : String.join(", ", set);
  }

  /** What of the container's settings takes a wall away, and which. */
  private static List<String> loosened(ContainerRecord record, Isolation isolation) {
    Confinement confinement = record.spec().confinement();
    List<Loosening> all = new ArrayList<>();
    if (confinement.privileged()) {
      all.add(Loosening.privileged());
    }
    if (!confinement.capAdd().isEmpty()) {
      all.add(Loosening.capabilities(confinement.capAdd()));
    }
    if (!confinement.privileged() && confinement.seccomp() instanceof SeccompChoice.Unconfined) {
      all.add(Loosening.allSystemCalls());
    }
    if (!confinement.privileged() && confinement.unconfinedPaths()) {
      all.add(Loosening.unmaskedPaths());
    }
    host(all, "network_mode", record.networkMode().equals("host"));
    host(all, "pid", isolation.pid() == NamespaceMode.HOST);
    host(all, "ipc", isolation.ipc() == NamespaceMode.HOST);
    host(all, "uts", isolation.uts() == NamespaceMode.HOST);
    host(all, "cgroup", isolation.cgroup() == NamespaceMode.HOST);
    record.spec().devices().forEach(d -> all.add(Loosening.device(d.source(), d.permissions())));
    confinement.deviceRules().forEach(rule -> all.add(Loosening.deviceRule(rule)));
    if (!record.spec().limits().parent().isEmpty()) {
      all.add(Loosening.cgroupParent(record.spec().limits().parent()));
    }
    for (Mount mount : record.spec().mounts()) {
      if (mount instanceof Mount.Bind bind) {
        Loosening.path(bind.source()).ifPresent(all::add);
      }
    }
    return all.stream().map(Loosening::toString).toList();
  }

  private static void host(List<Loosening> all, String key, boolean shared) {
    if (shared) {
      all.add(Loosening.host(key));
    }
  }
}

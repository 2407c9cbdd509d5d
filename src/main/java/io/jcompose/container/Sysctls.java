package io.jcompose.container;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Kernel settings of a container: those that belong to its own namespaces, and no others (SECURITY PRC-5). */
final class Sysctls {
  private static final List<String> IPC =
      List.of(
          "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
          "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced");

  private Sysctls() {}

  /** Paths below /proc/sys and what is written there: what the user asks for over the defaults. */
  static Map<String, String> of(Map<String, String> asked, Isolation isolation) {
    Map<String, String> values = new TreeMap<>();
    if (isolation.net() == NamespaceMode.PRIVATE) {
      values.put(path("net.ipv4.ip_unprivileged_port_start"), "0");
      values.put(path("net.ipv4.ping_group_range"), "0 2147483647");
    }
    asked.forEach(
        (name, value) -> {
          check(name, isolation);
          values.put(path(name), value);
        });
    return values;
  }

  private static void check(String given, Isolation isolation) {
    String name = dotted(given);
    if (name.contains("..") || name.contains("/../")) {
      throw new IllegalArgumentException("not a sysctl name: " + given);
    }
    boolean ipc = IPC.contains(name) || name.startsWith("fs.mqueue.");
    if (name.startsWith("net.")) {
      refuseInHost(given, "network", isolation.net());
    } else if (ipc) {
      refuseInHost(given, "ipc", isolation.ipc());
    } else {
      throw new IllegalArgumentException(
          "sysctl "
              + given
              + " is a setting of the whole host, not of a container; set it on the host with sysctl -w "
              + given
              + "=…");
    }
  }

  private static void refuseInHost(String name, String namespace, NamespaceMode mode) {
    if (mode == NamespaceMode.HOST) {
      throw new IllegalArgumentException(
          "sysctl " + name + " cannot be set in a container that uses the host's " + namespace
              + " namespace: it would change the host");
    }
  }

  private static String dotted(String name) {
    int slash = name.indexOf('/');
    int dot = name.indexOf('.');
    return slash >= 0 && (dot < 0 || slash < dot) ? swap(name) : name;
  }

  /** sysctl(8): with a slash as first separator, dots are part of names. */
  private static String swap(String name) {
    StringBuilder swapped = new StringBuilder();
    name.chars().forEach(c -> swapped.append(c == '/' ? '.' : c == '.' ? '/' : (char) c));
    return swapped.toString();
  }

  private static String path(String name) {
    return "/proc/sys/" + swap(dotted(name));
  }
}

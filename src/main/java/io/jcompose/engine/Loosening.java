package io.jcompose.engine;

import io.jcompose.compose.model.Confinement;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A setting that takes a wall between a container and its host away. Such settings are allowed, and
 * shown.
 *
 * @param setting as in the file: {@code pid: host}
 * @param meaning what it allows; may be empty
 * @param grave whether a container that has it can get hold of the host
 */
public record Loosening(String setting, String meaning, boolean grave) {

  private static final List<Path> SOCKETS =
      List.of(
          Path.of("/var/run/docker.sock"),
          Path.of("/run/docker.sock"),
          Path.of("/run/containerd/containerd.sock"),
          Path.of("/run/podman/podman.sock"));

  private static final Map<String, String> SHARED =
      Map.of(
          "network_mode", "it listens on the host's addresses and reaches its loopback",
          "pid", "it sees, and as root signals, every process of the host",
          "ipc", "it shares the host's shared memory",
          "uts", "it has the host's name",
          "cgroup", "it sees the host's control groups");

  public static Loosening privileged() {
    return new Loosening("privileged", "it can do to the host whatever root can", true);
  }

  public static Loosening capabilities(Collection<String> added) {
    return new Loosening("cap_add: " + String.join(", ", new TreeSet<>(added)), "", false);
  }

  public static Loosening allSystemCalls() {
    return new Loosening("security_opt seccomp=unconfined", "every system call reaches the kernel", true);
  }

  public static Loosening unmaskedPaths() {
    return new Loosening(
        "security_opt systempaths=unconfined", "nothing below /proc and /sys is masked", true);
  }

  /**
   * A namespace of the host's.
   *
   * @param key such as {@code pid}
   */
  public static Loosening host(String key) {
    return new Loosening(key + ": host", SHARED.get(key), key.equals("pid") || key.equals("cgroup"));
  }

  public static Loosening device(String source, String permissions) {
    return new Loosening("devices: " + source + " (" + permissions + ")", "", false);
  }

  public static Loosening deviceRule(String rule) {
    return new Loosening("device_cgroup_rules: " + rule, "", false);
  }

  public static Loosening cgroupParent(String parent) {
    return new Loosening("cgroup_parent: " + parent, "its limits are that group's, not the engine's", false);
  }

  /** A path of the host, if it opens the host: its root, or what holds the socket of an engine. */
  public static Optional<Loosening> path(String source) {
    Path path = Path.of(source).normalize();
    boolean opens = path.getNameCount() == 0 || SOCKETS.stream().anyMatch(s -> s.startsWith(path));
    return opens
        ? Optional.of(
            new Loosening(
                "volumes: " + source + " of the host", "it is as good as root on the host", true))
        : Optional.empty();
  }

  /** What loosens a service's containers; empty: nothing. */
  public static List<Loosening> of(Service service) {
    Confinement confinement = service.confinement();
    List<Loosening> all = new ArrayList<>();
    if (confinement.privileged()) {
      all.add(privileged());
    }
    if (!confinement.capAdd().isEmpty()) {
      all.add(capabilities(confinement.capAdd()));
    }
    for (String option : confinement.securityOpt()) {
      switch (option.toLowerCase(Locale.ROOT).replace(':', '=')) {
        case "seccomp=unconfined" -> all.add(allSystemCalls());
        case "systempaths=unconfined" -> all.add(unmaskedPaths());
        default -> {}
      }
    }
    host(all, "network_mode", service.networking().mode());
    host(all, "pid", confinement.pid());
    host(all, "ipc", confinement.ipc());
    host(all, "uts", confinement.uts());
    host(all, "cgroup", confinement.cgroup());
    confinement.devices().forEach(d -> all.add(device(d.source(), d.permissions())));
    confinement.deviceCgroupRules().forEach(rule -> all.add(deviceRule(rule)));
    service.resources().cgroupParent().ifPresent(parent -> all.add(cgroupParent(parent)));
    for (Mount mount : service.storage().mounts()) {
      if (mount instanceof Mount.Bind bind) {
        path(bind.source().toString()).ifPresent(all::add);
      }
    }
    return all;
  }

  private static void host(List<Loosening> all, String key, Optional<String> mode) {
    if (mode.filter("host"::equals).isPresent()) {
      all.add(host(key));
    }
  }

  @Override
  public String toString() {
    return meaning.isEmpty() ? setting : setting + ": " + meaning;
  }
}

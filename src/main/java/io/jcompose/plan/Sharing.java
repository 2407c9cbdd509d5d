package io.jcompose.plan;

import io.jcompose.compose.model.Service;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which services' containers a service's containers are made on top of. */
final class Sharing {
  private static final String SERVICE = "service:";
  private static final List<String> MODES = List.of("network_mode", "pid", "ipc", "uts", "cgroup");

  private Sharing() {}

  /** The services whose namespaces it joins. */
  static SortedSet<String> namespaces(Service service) {
    SortedSet<String> owners = new TreeSet<>();
    Stream.of(
            service.networking().mode(),
            service.confinement().pid(),
            service.confinement().ipc(),
            service.confinement().uts(),
            service.confinement().cgroup())
        .flatMap(Optional::stream)
        .filter(mode -> mode.startsWith(SERVICE))
        .forEach(mode -> owners.add(mode.substring(SERVICE.length())));
    return owners;
  }

  /** Whether a container with these settings is in namespaces of another service's. */
  static boolean joined(Config config) {
    return MODES.stream()
        .map(mode -> config.keys().getOrDefault(mode, ""))
        .anyMatch(value -> value.startsWith("\"" + SERVICE));
  }

  /** Those, and the services whose volumes it mounts. */
  static SortedSet<String> owners(Service service) {
    SortedSet<String> owners = namespaces(service);
    service.storage().volumesFrom().stream()
        .filter(from -> !from.startsWith("container:"))
        .forEach(from -> owners.add(from.split(":", 2)[0]));
    return owners;
  }
}

package io.jcompose.container;

import java.util.Map;

/**
 * The container's namespaces (the mount namespace is always its own) and its names.
 *
 * @param owners of the namespaces that are JOINED, the network's apart: {@code pid} or {@code ipc} → id or name of
 *     the container
 */
public record Isolation(
    String hostname,
    String domainname,
    NamespaceMode net,
    NamespaceMode pid,
    NamespaceMode ipc,
    NamespaceMode uts,
    NamespaceMode cgroup,
    Map<String, String> owners) {
  public Isolation {
    owners = owners == null ? Map.of() : Map.copyOf(owners);
  }

  /** Everything private. */
  public static Isolation of(String hostname) {
    NamespaceMode own = NamespaceMode.PRIVATE;
    return new Isolation(hostname, "", own, own, own, own, own, Map.of());
  }
}

package io.jcompose.container;

/** The container's namespaces (the mount namespace is always its own) and its names. */
public record Isolation(
    String hostname,
    String domainname,
    NamespaceMode net,
    NamespaceMode pid,
    NamespaceMode ipc,
    NamespaceMode uts,
    NamespaceMode cgroup) {

  /** Everything private. */
  public static Isolation of(String hostname) {
    NamespaceMode own = NamespaceMode.PRIVATE;
    return new Isolation(hostname, "", own, own, own, own, own);
  }
}

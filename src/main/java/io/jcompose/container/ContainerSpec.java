package io.jcompose.container;

import io.jcompose.container.cgroup.Limits;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything that a container is, resolved: no Compose types, no defaults left open. The engine persists it as
 * {@code spec.json} ({@link SpecJson}).
 *
 * @param id 64 lower-case hexadecimal digits
 * @param name the container's name as the user sees it; used in messages only
 * @param mounts any order; they are placed by the depth of their targets
 * @param shmSize size of /dev/shm in bytes
 * @param sysctls names with dots, such as {@code net.core.somaxconn}
 * @param annotations for tools that look at containers, not for people: as labels, but not searched by
 */
public record ContainerSpec(
    String id,
    String name,
    RootSpec root,
    ProcessSpec process,
    Isolation isolation,
    Confinement confinement,
    List<Mount> mounts,
    List<Device> devices,
    long shmSize,
    Map<String, String> sysctls,
    Limits limits,
    StopSpec stop,
    LogOptions log,
    Map<String, String> labels,
    Map<String, String> annotations) {
  /** Docker's default size of /dev/shm: 64 MiB. */
  public static final long DEFAULT_SHM_SIZE = 64L << 20;

  public ContainerSpec {
    if (!id.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a container id: " + id);
    }
    for (Object part : new Object[] {name, root, process, isolation, confinement, limits, stop, log}) {
      Objects.requireNonNull(part);
    }
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    sysctls = Map.copyOf(sysctls);
    labels = Map.copyOf(labels);
    annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
  }

  /** The first 12 digits of the id: names folders and sockets. */
  public String shortId() {
    return id.substring(0, 12);
  }

  /** A container with the defaults of Docker: nothing mounted, no limits, default confinement. */
  public static ContainerSpec of(String id, String name, RootSpec root, ProcessSpec process) {
    return new ContainerSpec(
        id,
        name,
        root,
        process,
        Isolation.of(id.substring(0, 12)),
        Confinement.DEFAULT,
        List.of(),
        List.of(),
        DEFAULT_SHM_SIZE,
        Map.of(),
        Limits.NONE,
        StopSpec.DEFAULT,
        LogOptions.UNLIMITED,
        Map.of(),
        Map.of());
  }

  public ContainerSpec withProcess(ProcessSpec changed) {
    return new ContainerSpec(
        id, name, root, changed, isolation, confinement, mounts, devices, shmSize, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withIsolation(Isolation changed) {
    return new ContainerSpec(
        id, name, root, process, changed, confinement, mounts, devices, shmSize, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withConfinement(Confinement changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, changed, mounts, devices, shmSize, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withMounts(List<Mount> changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, changed, devices, shmSize, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withDevices(List<Device> changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, mounts, changed, shmSize, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withShmSize(long changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, mounts, devices, changed, sysctls, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withSysctls(Map<String, String> changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, mounts, devices, shmSize, changed, limits, stop,
        log, labels, annotations);
  }

  public ContainerSpec withLimits(Limits changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, mounts, devices, shmSize, sysctls, changed, stop,
        log, labels, annotations);
  }

  public ContainerSpec withStop(StopSpec changed) {
    return new ContainerSpec(
        id, name, root, process, isolation, confinement, mounts, devices, shmSize, sysctls, limits, changed,
        log, labels, annotations);
  }
}

package io.jcompose.container;

import io.jcompose.container.security.KernelVersion;
import java.util.List;

/**
 * What the start found out about host and image, and the program depends on.
 *
 * @param capabilities mask of those that this host can give: known to the kernel, and jcompose's own
 * @param osArch the machine, as the JVM names it
 * @param cgroups the hierarchies that the program joins, such as {@code memory}; not the unified one, in which it
 *     is cloned
 * @param thermal existing /sys/devices/system/cpu/cpuN/thermal_throttle
 * @param devices nodes beside the default ones
 * @param rootPlace a folder of the host on which the root is placed until the pivot
 * @param etcFiles paths in the container that get a file of the engine's, such as /etc/hosts
 */
public record StartFacts(
    User user,
    long capabilities,
    KernelVersion kernel,
    String osArch,
    List<String> cgroups,
    List<String> thermal,
    List<DeviceNode> devices,
    String rootPlace,
    List<Placement> placements,
    List<String> etcFiles) {
  public StartFacts {
    cgroups = List.copyOf(cgroups);
    thermal = List.copyOf(thermal);
    devices = List.copyOf(devices);
    placements = List.copyOf(placements);
    etcFiles = List.copyOf(etcFiles);
  }
}

package io.jcompose.container.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Version 1: one hierarchy per controller, a container has a group in each. Where the unified hierarchy is mounted
 * beside them (hybrid), it is joined too, for its cgroup.kill.
 */
final class CgroupsV1 implements Cgroups {
  /** The name under which the unified hierarchy of a hybrid host goes. */
  static final String UNIFIED = "unified";

  /** Mount points by controller; controllers mounted together share one. */
  private final Map<String, Path> mounts;

  private final Path ours;
  private final GroupPlaces places;
  private final RealTimeShares realTime;

  CgroupsV1(Map<String, Path> mounts, Path ours) {
    this.mounts = Map.copyOf(mounts);
    this.ours = ours;
    this.places = new GroupPlaces(ours);
    this.realTime = new RealTimeShares(this.mounts.getOrDefault("cpu", Path.of("/sys/fs/cgroup/cpu")), places.containers());
  }

  @Override
  public boolean unified() {
    return false;
  }

  /** Mount points without repetition, by the first of their controllers in alphabetical order. */
  private Map<String, Path> byName() {
    Map<String, Path> hierarchies = new LinkedHashMap<>();
    Set<Path> seen = new LinkedHashSet<>();
    mounts.keySet().stream()
        .sorted()
        .filter(name -> seen.add(mounts.get(name)))
        .forEach(name -> hierarchies.put(name, mounts.get(name)));
    return hierarchies;
  }

  @Override
  public List<String> hierarchies() {
    return byName().keySet().stream().filter(name -> !name.equals(UNIFIED)).toList();
  }

  private Path place(String name) {
    return mounts.get(name).resolve(ours);
  }

  @Override
  public ContainerCgroup of(String id) {
    Map<String, CgroupFolder> folders = new LinkedHashMap<>();
    byName().forEach((name, mount) -> folders.put(name, folder(mount, id)));
    Map<String, CgroupFolder> byController = new LinkedHashMap<>();
    mounts.forEach((name, mount) -> byController.put(name, folder(mount, id)));
    return new ContainerCgroupV1(folders, byController, places, realTime);
  }

  private CgroupFolder folder(Path mount, String id) {
    return new CgroupFolder(mount.resolve(places.of(id)));
  }

  @Override
  public void place(String id, String parent) {
    places.put(id, parent);
  }

  @Override
  public Created create(String id, Limits limits, List<DeviceRule> devices) {
    ContainerCgroup cgroup = of(id);
    try {
      byName().values().forEach(mount -> places.make(mount, id));
      seedCpuset(mounts.get("cpuset"), places.of(id));
      return new Created(cgroup, limit(id, limits, devices));
    } catch (RuntimeException e) {
      try {
        cgroup.remove();
      } catch (RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  @Override
  public List<String> update(String id, Limits limits) {
    CgroupFolder memory = controller("memory", id);
    String together = "memory.memsw.limit_in_bytes";
    long swap = limits.memoryAndSwap();
    // Memory may at no time be allowed more than memory and swap together.
    if (memory.has(together) && limits.memory() > memory.number(together, Long.MAX_VALUE)) {
      memory.write(together, Long.toString(swap));
    }
    LimitWriter.unlimitedProcesses(controller("pids", id), limits);
    return limit(id, limits, DeviceRule.ALL);
  }

  /** A new cpuset has no CPUs and takes no process until it is given what its parent has, level by level. */
  private static void seedCpuset(Path mount, Path below) {
    if (mount == null) {
      return;
    }
    Path at = mount;
    for (Path name : below) {
      CgroupFolder parent = new CgroupFolder(at);
      at = at.resolve(name);
      CgroupFolder child = new CgroupFolder(at);
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        if (child.read(file).isEmpty()) {
          child.write(file, parent.read(file));
        }
      }
    }
  }

  private List<String> limit(String id, Limits limits, List<DeviceRule> devices) {
    LimitWriter writer = new LimitWriter();
    CgroupFolder memory = controller("memory", id);
    writer.set(limits.memory() > 0, memory, "memory.limit_in_bytes", limits.memory(), "memory limits");
    long swap = limits.memoryAndSwap();
    boolean asked = limits.memorySwap() != 0;
    if (swap != 0 && (asked || writer.can(memory, "memory.memsw.limit_in_bytes"))) {
      writer.set(true, memory, "memory.memsw.limit_in_bytes", swap, "swap limits");
    }
    writer.set(
        limits.memoryReservation() > 0,
        memory,
        "memory.soft_limit_in_bytes",
        limits.memoryReservation(),
        "memory reservations");
    writer.set(
        limits.swappiness() != null, memory, "memory.swappiness", limits.swappiness(), "swappiness of one container");
    writer.set(limits.oomKillDisable(), memory, "memory.oom_control", 1, "oom_kill_disable");
    writer.warnOfOthers(limits);
    CgroupFolder cpu = controller("cpu", id);
    writer.set(limits.quota() > 0, cpu, "cpu.cfs_period_us", limits.period(), "CPU limits");
    writer.set(limits.quota() > 0, cpu, "cpu.cfs_quota_us", limits.quota(), "CPU limits");
    writer.set(limits.cpuShares() > 0, cpu, "cpu.shares", limits.cpuShares(), "CPU shares");
    realTime.give(cpu, limits);
    CgroupFolder cpuset = controller("cpuset", id);
    writer.set(!limits.cpusetCpus().isEmpty(), cpuset, "cpuset.cpus", limits.cpusetCpus(), "CPU sets");
    writer.set(!limits.cpusetMems().isEmpty(), cpuset, "cpuset.mems", limits.cpusetMems(), "CPU sets");
    writer.set(
        limits.pids() > 0, controller("pids", id), "pids.max", limits.pids(), "limits of processes");
    CgroupFolder block = controller("blkio", id);
    String weight = block.has("blkio.weight") ? "blkio.weight" : "blkio.bfq.weight";
    writer.set(limits.blkioWeight() > 0, block, weight, limits.blkioWeight(), "block I/O weights");
    for (BlockLimit device : limits.blockLimits()) {
      String line = device.number() + " " + device.value();
      writer.set(true, block, device.kind().file, line, "limits of block devices");
    }
    if (!devices.equals(DeviceRule.ALL)) {
      deviceRules(id, devices);
    }
    return writer.warnings();
  }

  private void deviceRules(String id, List<DeviceRule> devices) {
    CgroupFolder folder = controller("devices", id);
    if (!folder.has("devices.deny")) {
      throw new CgroupException(
          "the kernel has no devices control group, so a container could reach every device of the host;"
              + " mount it with mount -t cgroup -o devices devices /sys/fs/cgroup/devices");
    }
    folder.write("devices.deny", "a");
    devices.forEach(rule -> folder.write("devices.allow", rule.text()));
  }

  /** The container's folder of {@code controller}; one that never exists when the controller is absent. */
  private CgroupFolder controller(String controller, String id) {
    Path mount = mounts.get(controller);
    return mount == null
        ? new CgroupFolder(Path.of("/sys/fs/cgroup", controller))
        : folder(mount, id);
  }

  @Override
  public List<String> containers() {
    Set<String> ids = new LinkedHashSet<>();
    for (Path mount : byName().values()) {
      ids.addAll(new CgroupFolder(mount.resolve(places.containers())).children());
    }
    return List.copyOf(ids);
  }

  @Override
  public void move(int pid, String leaf) {
    for (Path mount : byName().values()) {
      CgroupFolder folder = new CgroupFolder(mount.resolve(ours).resolve(leaf));
      folder.make();
      if (mount.equals(mounts.get("cpuset"))) {
        seedCpuset(mount, ours.resolve(leaf));
      }
      folder.write("cgroup.procs", Integer.toString(pid));
    }
  }

  @Override
  public void leave(int pid) {
    for (Path mount : byName().values()) {
      new CgroupFolder(mount.resolve(ours).getParent()).write("cgroup.procs", Integer.toString(pid));
    }
  }

  @Override
  public void removeTree() {
    List<RuntimeException> failures = new ArrayList<>();
    for (String name : byName().keySet()) {
      try {
        new CgroupFolder(place(name)).remove();
      } catch (CgroupException e) {
        failures.add(e);
      }
    }
    LimitWriter.throwAll(failures);
  }
}

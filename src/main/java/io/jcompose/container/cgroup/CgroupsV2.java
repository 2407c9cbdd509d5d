package io.jcompose.container.cgroup;

import io.jcompose.linux.Bpf;
import io.jcompose.linux.Fd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Version 2: one hierarchy. Groups with controllers for their children hold no processes themselves. */
final class CgroupsV2 implements Cgroups {
  private static final List<String> CONTROLLERS = List.of("cpu", "cpuset", "io", "memory", "pids");

  private final Path mount;
  private final Path ours;
  private final GroupPlaces places;

  CgroupsV2(Path mount, Path ours) {
    this.mount = mount;
    this.ours = ours;
    this.places = new GroupPlaces(ours);
  }

  @Override
  public boolean unified() {
    return true;
  }

  @Override
  public List<String> hierarchies() {
    return List.of();
  }

  private Path tree() {
    return mount.resolve(ours);
  }

  private CgroupFolder folder(String id) {
    return new CgroupFolder(mount.resolve(places.of(id)));
  }

  @Override
  public ContainerCgroup of(String id) {
    return new ContainerCgroupV2(folder(id), places);
  }

  @Override
  public void place(String id, String parent) {
    places.put(id, parent);
  }

  @Override
  public Created create(String id, Limits limits, List<DeviceRule> devices) {
    CgroupFolder folder = places.make(mount, id);
    delegate(places.of(id).getParent());
    ContainerCgroup cgroup = of(id);
    try {
      List<String> warnings = limit(folder, limits);
      if (!devices.equals(DeviceRule.ALL)) {
        deviceRules(folder, devices);
      }
      return new Created(cgroup, warnings);
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
    LimitWriter.unlimitedProcesses(folder(id), limits);
    return limit(folder(id), limits);
  }

  /** Hands the controllers that there are down, level by level. */
  private void delegate(Path below) {
    Path at = mount;
    enable(new CgroupFolder(at));
    for (Path name : below) {
      at = at.resolve(name);
      enable(new CgroupFolder(at));
    }
  }

  private static void enable(CgroupFolder folder) {
    List<String> there = Arrays.asList(folder.read("cgroup.controllers").split(" "));
    List<String> enabled = Arrays.asList(folder.read("cgroup.subtree_control").split(" "));
    for (String controller : CONTROLLERS) {
      if (there.contains(controller) && !enabled.contains(controller)) {
        folder.write("cgroup.subtree_control", "+" + controller);
      }
    }
  }

  private static List<String> limit(CgroupFolder folder, Limits limits) {
    if (limits.realTimePeriod() > 0 || limits.realTimeRuntime() > 0) {
      throw RealTimeShares.unknown();
    }
    LimitWriter writer = new LimitWriter();
    writer.set(limits.memory() > 0, folder, "memory.max", limits.memory(), "memory limits");
    long swap = limits.memoryAndSwap();
    if (swap != 0 && (limits.memorySwap() != 0 || writer.can(folder, "memory.swap.max"))) {
      // Version 2 counts swap alone, Docker's value is memory and swap together.
      Object only = swap < 0 ? "max" : (Object) Math.max(0, swap - limits.memory());
      writer.set(true, folder, "memory.swap.max", only, "swap limits");
    }
    writer.set(
        limits.memoryReservation() > 0,
        folder,
        "memory.low",
        limits.memoryReservation(),
        "memory reservations");
    writer.set(
        limits.quota() > 0, folder, "cpu.max", limits.quota() + " " + limits.period(), "CPU limits");
    writer.set(limits.cpuShares() > 0, folder, "cpu.weight", weight(limits.cpuShares()), "CPU shares");
    writer.set(!limits.cpusetCpus().isEmpty(), folder, "cpuset.cpus", limits.cpusetCpus(), "CPU sets");
    writer.set(!limits.cpusetMems().isEmpty(), folder, "cpuset.mems", limits.cpusetMems(), "CPU sets");
    writer.set(limits.pids() > 0, folder, "pids.max", limits.pids(), "limits of processes");
    String io = folder.has("io.bfq.weight") ? "io.bfq.weight" : "io.weight";
    writer.set(limits.blkioWeight() > 0, folder, io, limits.blkioWeight(), "block I/O weights");
    for (BlockLimit device : limits.blockLimits()) {
      boolean weight = device.kind() == BlockLimit.Kind.WEIGHT;
      String value = weight ? " " + device.value() : " " + device.kind().key + "=" + device.value();
      writer.set(true, folder, weight ? io : "io.max", device.number() + value, "limits of block devices");
    }
    writer.set(
        limits.swappiness() != null, folder, "memory.swappiness", limits.swappiness(), "swappiness of one container");
    if (limits.oomKillDisable()) {
      writer.set(true, folder, "memory.oom_kill_disable", 1, "oom_kill_disable");
    }
    return writer.warnings();
  }

  /** Shares 2 … 262144 of version 1 to the weight 1 … 10000 of version 2, linearly. */
  static long weight(long shares) {
    long bounded = Math.clamp(shares, 2L, 262_144L);
    return 1 + (bounded - 2) * 9_999 / 262_142;
  }

  static void deviceRules(CgroupFolder folder, List<DeviceRule> devices) {
    try (Fd program = Bpf.loadDeviceProgram(DeviceProgram.of(devices));
        Fd cgroup = folder.open(".", io.jcompose.linux.Fs.O_RDONLY)) {
      Bpf.attachDeviceProgram(cgroup, program);
    }
  }

  @Override
  public List<String> containers() {
    return new CgroupFolder(mount.resolve(places.containers())).children();
  }

  @Override
  public void move(int pid, String leaf) {
    CgroupFolder folder = new CgroupFolder(tree().resolve(leaf));
    folder.make();
    folder.write("cgroup.procs", Integer.toString(pid));
  }

  @Override
  public void leave(int pid) {
    new CgroupFolder(tree().getParent()).write("cgroup.procs", Integer.toString(pid));
  }

  @Override
  public void removeTree() {
    List<RuntimeException> failures = new ArrayList<>();
    try {
      new CgroupFolder(tree()).remove();
    } catch (CgroupException e) {
      failures.add(e);
    }
    LimitWriter.throwAll(failures);
  }
}

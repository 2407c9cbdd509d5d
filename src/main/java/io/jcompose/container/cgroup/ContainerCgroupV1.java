package io.jcompose.container.cgroup;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A container's groups in the hierarchies of version 1. */
final class ContainerCgroupV1 implements ContainerCgroup {
  /** Values above this mean "no limit": v1 writes the highest multiple of a page there. */
  private static final long UNLIMITED = 1L << 62;

  private static final long FREEZE_PAUSE_NANOS = 1_000_000;

  private final Map<String, CgroupFolder> hierarchies;
  private final Map<String, CgroupFolder> byController;
  private final GroupPlaces places;
  private final RealTimeShares realTime;

  ContainerCgroupV1(
      Map<String, CgroupFolder> hierarchies,
      Map<String, CgroupFolder> byController,
      GroupPlaces places,
      RealTimeShares realTime) {
    this.hierarchies = hierarchies;
    this.byController = byController;
    this.places = places;
    this.realTime = realTime;
  }

  private CgroupFolder controller(String name) {
    CgroupFolder folder = byController.get(name);
    return folder == null ? new CgroupFolder(java.nio.file.Path.of("/sys/fs/cgroup", name)) : folder;
  }

  /**
   * Version 1 has {@code tasks} besides cgroup.procs. A thread that moves itself by it takes no lock; who moves a
   * process waits until every CPU has passed the scheduler, which is some 10 ms.
   */
  @Override
  public List<Entry> openEntries(boolean cloned) {
    List<Entry> opened = new ArrayList<>();
    try {
      hierarchies.forEach(
          (name, folder) -> {
            boolean unified = name.equals(CgroupsV1.UNIFIED);
            if (!(unified && cloned)) {
              opened.add(new Entry(name, folder.open(unified ? "cgroup.procs" : "tasks", Fs.O_WRONLY)));
            }
          });
    } catch (RuntimeException e) {
      opened.forEach(entry -> entry.fd().close());
      throw e;
    }
    return opened;
  }

  @Override
  public List<Fd> openFolder() {
    return Optional.ofNullable(hierarchies.get(CgroupsV1.UNIFIED)).map(CgroupFolder::openDirectory).stream().toList();
  }

  @Override
  public boolean exists() {
    return hierarchies.values().stream().anyMatch(CgroupFolder::exists);
  }

  @Override
  public List<Integer> processes() {
    return hierarchies.values().stream()
        .flatMap(folder -> folder.processes().stream())
        .distinct()
        .toList();
  }

  @Override
  public boolean kill(Duration atMost) {
    thaw(); // a frozen process takes its signal only when it thaws
    return ProcessKill.untilEmpty(this::processes, this::killOnce, atMost);
  }

  private void killOnce() {
    CgroupFolder unified = controller(CgroupsV1.UNIFIED);
    if (unified.has("cgroup.kill")) {
      unified.write("cgroup.kill", "1");
    }
    freeze();
    try {
      ProcessKill.signalAll(processes());
    } finally {
      thaw();
    }
  }

  @Override
  public void freeze() {
    setFreezer("FROZEN");
  }

  @Override
  public void thaw() {
    setFreezer("THAWED");
  }

  @Override
  public boolean freezing() {
    String state = controller("freezer").read("freezer.state");
    return state.equals("FROZEN") || state.equals("FREEZING");
  }

  /** Only reading the state makes the kernel look again, and nothing tells of a change. */
  @Override
  public boolean awaitFrozen(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    CgroupFolder freezer = controller("freezer");
    while (!freezer.read("freezer.state").equals("FROZEN")) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(FREEZE_PAUSE_NANOS);
    }
    return true;
  }

  private void setFreezer(String state) {
    CgroupFolder freezer = controller("freezer");
    if (freezer.has("freezer.state")) {
      freezer.write("freezer.state", state);
    }
  }

  @Override
  public long oomKills() {
    return controller("memory").value("memory.oom_control", "oom_kill");
  }

  @Override
  public Usage usage() {
    CgroupFolder memory = controller("memory");
    long used = memory.number("memory.usage_in_bytes", 0);
    long cache = memory.value("memory.stat", "total_inactive_file");
    long limit = memory.number("memory.limit_in_bytes", Long.MAX_VALUE);
    return new Usage(
        Math.max(0, used - cache),
        limit > UNLIMITED ? Long.MAX_VALUE : limit,
        controller("cpuacct").number("cpuacct.usage", 0),
        controller("pids").number("pids.current", 0),
        blockBytes("Read"),
        blockBytes("Write"));
  }

  private long blockBytes(String operation) {
    long sum = 0;
    for (String line :
        controller("blkio").read("blkio.throttle.io_service_bytes_recursive").split("\n")) {
      String[] parts = line.split(" ");
      if (parts.length == 3 && parts[1].equals(operation)) {
        sum += Long.parseLong(parts[2]);
      }
    }
    return sum;
  }

  @Override
  public void remove() {
    List<RuntimeException> failures = new ArrayList<>();
    for (CgroupFolder folder : hierarchies.values()) {
      try {
        places.remove(folder);
      } catch (CgroupException e) {
        failures.add(e);
      }
    }
    try {
      realTime.settle();
    } catch (CgroupException e) {
      failures.add(e);
    }
    LimitWriter.throwAll(failures);
  }
}

package io.jcompose.container.cgroup;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A container's group in the unified hierarchy. */
final class ContainerCgroupV2 implements ContainerCgroup {
  private static final long FREEZE_PAUSE_NANOS = 1_000_000;

  private final CgroupFolder folder;
  private final GroupPlaces places;

  ContainerCgroupV2(CgroupFolder folder, GroupPlaces places) {
    this.folder = folder;
    this.places = places;
  }

  @Override
  public List<Entry> openEntries(boolean cloned) {
    return cloned ? List.of() : List.of(new Entry(CgroupsV1.UNIFIED, folder.open("cgroup.procs", Fs.O_WRONLY)));
  }

  @Override
  public List<Fd> openFolder() {
    return List.of(folder.openDirectory());
  }

  @Override
  public boolean exists() {
    return folder.exists();
  }

  @Override
  public List<Integer> processes() {
    return folder.processes();
  }

  @Override
  public boolean kill(Duration atMost) {
    return ProcessKill.untilEmpty(this::processes, () -> folder.write("cgroup.kill", "1"), atMost);
  }

  @Override
  public void freeze() {
    folder.write("cgroup.freeze", "1");
  }

  @Override
  public boolean freezing() {
    return folder.number("cgroup.freeze", 0) == 1;
  }

  @Override
  public boolean awaitFrozen(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (folder.value("cgroup.events", "frozen") == 0) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(FREEZE_PAUSE_NANOS);
    }
    return true;
  }

  @Override
  public void thaw() {
    if (folder.has("cgroup.freeze")) {
      folder.write("cgroup.freeze", "0");
    }
  }

  @Override
  public long oomKills() {
    return folder.value("memory.events", "oom_kill");
  }

  @Override
  public Usage usage() {
    long used = folder.number("memory.current", 0);
    long cache = folder.value("memory.stat", "inactive_file");
    return new Usage(
        Math.max(0, used - cache),
        folder.number("memory.max", Long.MAX_VALUE),
        folder.value("cpu.stat", "usage_usec") * 1000,
        folder.number("pids.current", 0),
        blockBytes("rbytes"),
        blockBytes("wbytes"));
  }

  private long blockBytes(String key) {
    long sum = 0;
    for (String word : folder.read("io.stat").split("\\s+")) {
      if (word.startsWith(key + "=")) {
        sum += Long.parseLong(word.substring(key.length() + 1));
      }
    }
    return sum;
  }

  @Override
  public void remove() {
    places.remove(folder);
  }
}

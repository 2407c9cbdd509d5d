package io.jcompose.container.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our part of the control group tree: {@code <parent>/jcompose-<mark>/{engine,keepers,c/<id>}}. The mark is in the
 * name, so what a dead engine left behind is found by a scan.
 */
public interface Cgroups {
  /**
   * Makes the container's group with its limits and device rules.
   *
   * @param id names the group
   * @return the group and what the kernel could not do, as warnings for the user
   */
  Created create(String id, Limits limits, List<DeviceRule> devices);

  /**
   * Changes the limits of a group that is there; what is not asked for stays as it is.
   *
   * @return what the kernel could not do, as warnings for the user
   */
  List<String> update(String id, Limits limits);

  /**
   * Says where the group of a container is before anything else is asked of it: below {@code parent}, a path in every
   * hierarchy. Empty: in our part of the tree, as that of any other.
   */
  void place(String id, String parent);

  /** The group of a container that was created before, be it there or not. */
  ContainerCgroup of(String id);

  /** Ids of the containers that have a group in our part of the tree. */
  List<String> containers();

  /** Moves a process of our own into {@code engine} or {@code keepers}. */
  void move(int pid, String leaf);

  /** Moves a process of our own back into the group that ours is in. */
  void leave(int pid);

  /** Removes the whole tree; it must hold no process. */
  void removeTree();

  /** True for the unified hierarchy (version 2). */
  boolean unified();

  /** The hierarchies that a start joins by itself; not the unified one, in which it is cloned. */
  List<String> hierarchies();

  record Created(ContainerCgroup cgroup, List<String> warnings) {}

  /**
   * Finds out which version the host has.
   *
   * @param mountinfo text of /proc/self/mountinfo
   * @param parent path of the group that ours is made in, such as {@code /}
   * @param mark short text that tells our groups from another root's
   */
  static Cgroups detect(String mountinfo, String parent, String mark) {
    Map<String, Path> version1 = new LinkedHashMap<>();
    List<Path> version2 = new ArrayList<>();
    for (String line : mountinfo.split("\n")) {
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      String[] mount = line.substring(0, dash).split(" ");
      String[] system = line.substring(dash + 3).split(" ");
      if (system[0].equals("cgroup")) {
        hierarchy(system[2]).forEach(name -> version1.putIfAbsent(name, Path.of(mount[4])));
      } else if (system[0].equals("cgroup2")) {
        version2.add(Path.of(mount[4]));
      }
    }
    String below = parent.startsWith("/") ? parent.substring(1) : parent;
    Path ours = Path.of(below).resolve("jcompose-" + mark);
    if (version1.containsKey("memory") || version1.containsKey("pids")) {
      version2.stream().findFirst().ifPresent(path -> version1.put(CgroupsV1.UNIFIED, path));
      return new CgroupsV1(version1, ours);
    }
    if (version2.isEmpty()) {
      throw new CgroupException(
          "this host has no control groups mounted; mount them with"
              + " mount -t cgroup2 none /sys/fs/cgroup");
    }
    return new CgroupsV2(version2.getFirst(), ours);
  }

  /** The controllers in the options of a cgroup v1 mount, or its name. */
  private static List<String> hierarchy(String options) {
    List<String> known =
        List.of(
            "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls",
            "net_prio", "hugetlb", "perf_event", "rdma", "misc");
    List<String> result = new ArrayList<>();
    for (String option : options.split(",")) {
      if (known.contains(option) || option.startsWith("name=")) {
        result.add(option);
      }
    }
    return result;
  }
}

package io.jcompose.container;

import java.util.Set;

/** Which targets a mount may have. */
final class MountTargets {
  /** Files of /proc that tools such as lxcfs replace with what holds for the container. */
  private static final Set<String> FILES =
      Set.of(
          "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps",
          "/proc/uptime", "/proc/loadavg", "/proc/slabinfo");

  private MountTargets() {}

  /** A mount on /proc would let a container feed the runtime what it likes (CVE-2019-19921). */
  static boolean forbidden(String path) {
    boolean inProc = path.equals("/proc") || path.startsWith("/proc/");
    return inProc && !FILES.contains(path);
  }
}

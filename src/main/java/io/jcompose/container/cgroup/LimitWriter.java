package io.jcompose.container.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Writes limits; what this kernel cannot limit becomes a warning, a value that it refuses an error. */
final class LimitWriter {
  private final List<String> warnings = new ArrayList<>();

  boolean can(CgroupFolder folder, String file) {
    return folder.has(file);
  }

  void set(boolean asked, CgroupFolder folder, String file, Object value, String what) {
    if (!asked) {
      return;
    }
    if (folder.has(file)) {
      folder.write(file, String.valueOf(value));
      return;
    }
    String warning = "this kernel has no " + what + " (" + file + "); the container runs without";
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  /** A container that is spared and has no limit makes the kernel end others in its place. */
  void warnOfOthers(Limits limits) {
    if (limits.oomKillDisable() && limits.memory() <= 0) {
      warnings.add("oom_kill_disable without a memory limit: when memory runs out, programs outside of it are killed");
    }
  }

  /** Takes a limit of processes away that is not asked for any more. */
  static void unlimitedProcesses(CgroupFolder folder, Limits limits) {
    if (limits.pids() <= 0 && folder.has("pids.max")) {
      folder.write("pids.max", "max");
    }
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Throws the first failure with the others attached, if there is any. */
  static void throwAll(List<RuntimeException> failures) {
    if (!failures.isEmpty()) {
      RuntimeException first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }
}

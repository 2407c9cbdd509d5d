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
      try {
        folder.write(file, String.valueOf(value));
      } catch (CgroupException e) {
        // Without the words of the cause, which are about a folder and a descriptor.
        CgroupException refused =
            new CgroupException("the kernel does not take \"" + value + "\" for " + file + there(folder, file));
        refused.initCause(e);
        throw refused;
      }
      return;
    }
    String warning = "this kernel has no " + what + " (" + file + "); the container runs without";
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  /** The CPUs or memory nodes that there are to choose from. */
  private static String there(CgroupFolder folder, String file) {
    if (!file.startsWith("cpuset.")) {
      return "";
    }
    String effective = file + ".effective";
    CgroupFolder parent = folder.parent();
    return "; there are " + parent.read(parent.has(effective) ? effective : file);
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

package io.jcompose.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What /proc says of a process (proc(5)): its identity, its walls, and the mounts that it sees.
 *
 * @param effective capabilities, bit n for capability n
 * @param groups supplementary groups, space-separated
 * @param ownNamespaces kinds of namespaces that are not the engine's
 * @param namespacesOfHost kinds of those that are
 * @param readOnlyMounts targets of mounts that are read-only
 * @param maskedPaths how many files and folders below /proc and /sys are covered
 */
record ProcessFacts(
    long uid,
    long gid,
    String groups,
    long effective,
    long bounding,
    boolean noNewPrivileges,
    boolean filtered,
    List<String> ownNamespaces,
    List<String> namespacesOfHost,
    Set<String> readOnlyMounts,
    int maskedPaths) {
  private static final List<String> KINDS = List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "user");
  private static final int MOUNT_POINT = 4;
  private static final int OPTIONS = 5;

  static ProcessFacts of(int pid) {
    Path proc = Path.of("/proc/" + pid);
    try {
      Map<String, String> status = new HashMap<>();
      for (String line : Files.readAllLines(proc.resolve("status"))) {
        int colon = line.indexOf(':');
        status.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
      List<String> own = new ArrayList<>();
      List<String> host = new ArrayList<>();
      for (String kind : KINDS) {
        Path mine = Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind));
        (Files.readSymbolicLink(proc.resolve("ns/" + kind)).equals(mine) ? host : own).add(kind);
      }
      Set<String> readOnly = new HashSet<>();
      int masked = 0;
      for (String line : Files.readAllLines(proc.resolve("mountinfo"))) {
        String[] fields = line.split(" ");
        String target = fields[MOUNT_POINT];
        String type = line.substring(line.indexOf(" - ") + " - ".length()).split(" ")[0];
        boolean covers = type.equals("tmpfs") || type.equals("devtmpfs");
        if (covers && (target.startsWith("/proc/") || target.startsWith("/sys/") && !target.startsWith("/sys/fs/cgroup"))) {
          masked++;
        }
        if (List.of(fields[OPTIONS].split(",")).contains("ro")) {
          readOnly.add(target);
        }
      }
      return new ProcessFacts(
          Long.parseLong(status.get("Uid").split("\\s+")[1]),
          Long.parseLong(status.get("Gid").split("\\s+")[1]),
          status.get("Groups"),
          Long.parseUnsignedLong(status.get("CapEff"), 16),
          Long.parseUnsignedLong(status.get("CapBnd"), 16),
          status.get("NoNewPrivs").equals("1"),
          status.get("Seccomp").equals("2"),
          own,
          host,
          readOnly,
          masked);
    } catch (IOException e) {
      throw new EngineException("the container has ended meanwhile", e);
    }
  }

  boolean readOnly(String target) {
    return readOnlyMounts.contains(target);
  }
}

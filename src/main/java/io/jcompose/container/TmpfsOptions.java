package io.jcompose.container;

import io.jcompose.linux.Mounts;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Options of a tmpfs, split into flags of mount(2) and the file system's own data. noexec, nosuid and nodev are on
 * unless taken back; the last one of a kind wins (SEMANTICS §3.7).
 */
record TmpfsOptions(long flags, String data) {
  private static final Map<String, Long> FLAGS =
      Map.of(
          "noexec", Mounts.MS_NOEXEC,
          "nosuid", Mounts.MS_NOSUID,
          "nodev", Mounts.MS_NODEV,
          "ro", Mounts.MS_RDONLY,
          "sync", 16L,
          "noatime", 1024L,
          "nodiratime", 2048L,
          "relatime", 1L << 21,
          "strictatime", 1L << 24);
  private static final Map<String, String> OPPOSITES =
      Map.of(
          "exec", "noexec", "suid", "nosuid", "dev", "nodev", "rw", "ro", "async", "sync", "atime",
          "noatime", "diratime", "nodiratime", "norelatime", "relatime", "nostrictatime",
          "strictatime");

  static TmpfsOptions parse(String options) {
    long flags = Mounts.MS_NOEXEC | Mounts.MS_NOSUID | Mounts.MS_NODEV;
    Map<String, String> data = new LinkedHashMap<>();
    for (String option : options.split(",")) {
      String name = option.strip();
      if (name.isEmpty() || name.matches("r?(private|shared|slave|unbindable)")) {
        continue;
      }
      if (FLAGS.containsKey(name)) {
        flags |= FLAGS.get(name);
      } else if (OPPOSITES.containsKey(name)) {
        flags &= ~FLAGS.get(OPPOSITES.get(name));
      } else {
        int equals = name.indexOf('=');
        data.put(equals < 0 ? name : name.substring(0, equals), name);
      }
    }
    return new TmpfsOptions(flags, String.join(",", data.values()));
  }
}

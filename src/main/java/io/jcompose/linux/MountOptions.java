package io.jcompose.linux;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Options as mount(8) takes them, split into flags of mount(2) and the file system's own data. The last one of a kind
 * wins.
 */
public record MountOptions(long flags, String data) {
  private static final Map<String, Long> FLAGS =
      Map.of(
          "noexec", Mounts.MS_NOEXEC,
          "nosuid", Mounts.MS_NOSUID,
          "nodev", Mounts.MS_NODEV,
          "ro", Mounts.MS_RDONLY,
          "sync", 16L,
          "dirsync", 128L,
          "noatime", 1024L,
          "nodiratime", 2048L,
          "relatime", 1L << 21,
          "strictatime", 1L << 24);
  private static final Map<String, String> OPPOSITES =
      Map.of(
          "exec", "noexec", "suid", "nosuid", "dev", "nodev", "rw", "ro", "async", "sync", "atime",
          "noatime", "diratime", "nodiratime", "norelatime", "relatime", "nostrictatime",
          "strictatime");

  /**
   * @param defaults flags that are set unless an option takes them back
   */
  public static MountOptions parse(String options, long defaults) {
    long flags = defaults;
    Map<String, String> data = new LinkedHashMap<>();
    for (String option : options.split(",")) {
      String name = option.strip();
      if (name.isEmpty() || name.equals("defaults") || name.matches("r?(private|shared|slave|unbindable)")) {
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
    return new MountOptions(flags, String.join(",", data.values()));
  }
}

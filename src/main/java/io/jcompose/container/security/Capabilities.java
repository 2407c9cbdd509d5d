package io.jcompose.container.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Capability sets as masks, bit n for capability n of capabilities(7). */
public final class Capabilities {
  /** In the order of their numbers (linux/capability.h). */
  private static final List<String> NAMES =
      List.of(
          "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
          "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
          "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
          "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
          "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE");

  /** What Docker gives: 14 capabilities (SECURITY CAP-1). */
  public static final long DEFAULT = 0xa80425fbL;

  public static final long SYS_ADMIN = bit("CAP_SYS_ADMIN");

  private Capabilities() {}

  /** The bit of {@code name}, with or without CAP_, in any case. */
  public static long bit(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    int number = NAMES.indexOf(upper.startsWith("CAP_") ? upper : "CAP_" + upper);
    if (number < 0) {
      throw new IllegalArgumentException(
          "no capability is named \"" + name + "\"; see capabilities(7) for their names");
    }
    return 1L << number;
  }

  /** Every capability up to {@code last}, the kernel's cap_last_cap. */
  public static long all(int last) {
    return (2L << last) - 1;
  }

  /**
   * The set after {@code add} and {@code drop}, in Docker's way: adding ALL starts from everything, dropping ALL
   * from nothing; otherwise what is added wins over what is dropped.
   *
   * @param available what this host can give; to add anything else is an error
   */
  public static long resolve(Collection<String> add, Collection<String> drop, long available) {
    long added = mask(add);
    if ((added & ~available) != 0) {
      throw new IllegalArgumentException(
          "this host cannot give a container " + String.join(", ", names(added & ~available))
              + ": jcompose itself runs without");
    }
    long dropped = mask(drop);
    long result;
    if (containsAll(add)) {
      result = available & ~dropped;
    } else if (containsAll(drop)) {
      result = added;
    } else {
      result = DEFAULT & ~dropped | added;
    }
    return result & available;
  }

  private static boolean containsAll(Collection<String> names) {
    return names.stream().anyMatch(Capabilities::meansAll);
  }

  private static boolean meansAll(String name) {
    return name.equalsIgnoreCase("ALL") || name.equalsIgnoreCase("CAP_ALL");
  }

  private static long mask(Collection<String> names) {
    long mask = 0;
    for (String name : names) {
      if (!meansAll(name)) {
        mask |= bit(name);
      }
    }
    return mask;
  }

  /** The names in {@code mask}, with CAP_, in the order of their numbers. */
  public static List<String> names(long mask) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < Long.SIZE; i++) {
      if ((mask >> i & 1) != 0) {
        names.add(i < NAMES.size() ? NAMES.get(i) : "CAP_" + i);
      }
    }
    return names;
  }
}

package io.jcompose.container.security;

import java.util.List;

/** Paths below /proc and /sys that a container may not read, or not write (SECURITY §3). */
public final class HiddenPaths {
  /** Covered by /dev/null or an empty folder where they exist. */
  public static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  public static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private HiddenPaths() {}
}

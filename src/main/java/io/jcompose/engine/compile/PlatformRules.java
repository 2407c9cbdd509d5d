package io.jcompose.engine.compile;

import io.jcompose.compose.model.Resources;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;

/** What no host can give as it is asked for, or this engine can't: better no container than one without it. */
final class PlatformRules {
  /** The period that the kernel starts with, microseconds. */
  private static final long SECOND = 1_000_000;

  /** As Docker has it: below, the kernel may kill a process before its first instruction. */
  private static final long LEAST_MEMORY = 6L << 20;

  private PlatformRules() {}

  static void check(Service service) {
    service
        .confinement()
        .userns()
        .filter(mode -> !mode.isEmpty() && !mode.equals("host"))
        .ifPresent(mode -> refuse(service, "userns_mode: \"" + mode + "\" is not to be had; all containers are in the host's, \"host\""));
    for (String option : service.storage().options().keySet()) {
      refuse(
          service,
          option.equals("size")
              ? "storage_opt: size: nothing counts here how much of the disk a container takes; limit a tmpfs or a volume"
              : "storage_opt: there is no option \"" + option + "\" of overlayfs");
    }
    memory(service, service.resources().memory().orElse(0));
    realTime(service, service.resources());
  }

  private static void memory(Service service, long limit) {
    if (limit > 0 && limit < LEAST_MEMORY) {
      refuse(
          service,
          "mem_limit: " + limit + " bytes are too few to start anything in: the minimum memory limit allowed is 6MB");
    }
  }

  private static void realTime(Service service, Resources resources) {
    long period = resources.cpuRealtimePeriod().orElse(SECOND);
    long runtime = resources.cpuRealtimeRuntime().orElse(0);
    if (runtime > (period == 0 ? SECOND : period)) {
      refuse(service, "cpu_rt_runtime: " + runtime + " microseconds are more than the period of " + period + " has (cpu_rt_period)");
    }
  }

  private static void refuse(Service service, String why) {
    throw new EngineException("service \"" + service.name() + "\": " + why);
  }
}

package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about how much the container may use. */
final class ResourceFlags {
  private static final int FAILED = 125;

  @Option(names = {"-m", "--memory"}, paramLabel = "SIZE", description = "Memory, such as 512m")
  String memory;

  @Option(names = "--memory-swap", paramLabel = "SIZE", description = "Memory and swap together; -1: no limit")
  String memorySwap;

  @Option(names = "--memory-reservation", paramLabel = "SIZE", description = "Memory that it keeps when there is little")
  String memoryReservation;

  @Option(names = "--memory-swappiness", paramLabel = "N", description = "0 to 100")
  Integer swappiness;

  @Option(names = "--cpus", paramLabel = "N", description = "How many CPUs, such as 1.5")
  String cpus;

  @Option(names = {"-c", "--cpu-shares"}, paramLabel = "N", description = "Weight against others. Default: 1024")
  Long cpuShares;

  @Option(names = "--cpuset-cpus", paramLabel = "CPUS", description = "Which CPUs, such as 0-2")
  String cpuset;

  @Option(names = "--cpu-period", paramLabel = "MICROSECONDS", description = "Period of the quota")
  Long cpuPeriod;

  @Option(names = "--cpu-rt-period", paramLabel = "MICROSECONDS", description = "Period of the time for real-time processes")
  Long cpuRtPeriod;

  @Option(names = "--cpu-rt-runtime", paramLabel = "MICROSECONDS", description = "Time for real-time processes in a period")
  Long cpuRtRuntime;

  @Option(names = "--cpu-quota", paramLabel = "MICROSECONDS", description = "CPU time in a period")
  Long cpuQuota;

  @Option(names = "--pids-limit", paramLabel = "N", description = "How many processes; -1: no limit")
  Long pids;

  @Option(names = "--oom-kill-disable", description = "Doesn't kill it when it wants too much memory")
  boolean oomKillDisable;

  @Option(names = "--oom-score-adj", paramLabel = "N", description = "How soon the host kills it for memory, -1000 to 1000")
  Integer oomScoreAdj;

  @Option(names = "--blkio-weight", paramLabel = "N", description = "Weight of its disk accesses, 10 to 1000")
  Integer blkioWeight;

  @Option(names = "--ulimit", paramLabel = "NAME=SOFT[:HARD]", description = "A limit of its processes")
  List<String> ulimits = new ArrayList<>();

  @Option(names = "--gpus", paramLabel = "GPUS", description = "GPUs: all, or how many")
  String gpus;

  @Option(names = "--cgroup-parent", paramLabel = "CGROUP", description = "The control group that its own is to be below")
  String cgroupParent;

  void write(FlagDocument document) {
    document.put("mem_limit", "--memory", memory);
    document.put("memswap_limit", "--memory-swap", memorySwap);
    document.put("mem_reservation", "--memory-reservation", memoryReservation);
    number(document, "mem_swappiness", "--memory-swappiness", swappiness);
    document.put("cpus", "--cpus", cpus);
    number(document, "cpu_shares", "--cpu-shares", cpuShares);
    document.put("cpuset", "--cpuset-cpus", cpuset);
    number(document, "cpu_period", "--cpu-period", cpuPeriod);
    number(document, "cpu_quota", "--cpu-quota", cpuQuota);
    number(document, "cpu_rt_period", "--cpu-rt-period", cpuRtPeriod);
    number(document, "cpu_rt_runtime", "--cpu-rt-runtime", cpuRtRuntime);
    number(document, "pids_limit", "--pids-limit", pids);
    number(document, "oom_score_adj", "--oom-score-adj", oomScoreAdj);
    document.service().put("oom_kill_disable", oomKillDisable);
    document.put("cgroup_parent", "--cgroup-parent", cgroupParent);
    if (blkioWeight != null) {
      document.group("blkio_config", "--blkio-weight").put("weight", blkioWeight);
    }
    if (gpus != null) {
      ObjectNode request = document.list("gpus", "--gpus").addObject();
      request.put("count", gpus.equals("all") ? -1 : whole("--gpus " + gpus, gpus));
    }
    ulimits.forEach(limit -> ulimit(document, limit));
  }

  private static void number(FlagDocument document, String attribute, String flag, Number value) {
    if (value != null) {
      document.put(attribute, flag, value.toString());
    }
  }

  private static void ulimit(FlagDocument document, String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw new EngineException("--ulimit " + text + ": write it as NAME=SOFT or NAME=SOFT:HARD", FAILED, null);
    }
    String[] values = text.substring(equals + 1).split(":", 2);
    document
        .group("ulimits", "--ulimit")
        .putObject(text.substring(0, equals))
        .put("soft", whole("--ulimit " + text, values[0]))
        .put("hard", whole("--ulimit " + text, values[values.length - 1]));
  }

  private static long whole(String flag, String text) {
    if (text.equals("unlimited")) {
      return -1;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new EngineException(flag + ": \"" + text + "\" is no number", FAILED, e);
    }
  }
}

package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a service's containers may use; what {@code deploy.resources} says is folded in.
 *
 * @param memory bytes
 * @param memoryReservation bytes
 * @param memorySwap bytes of memory and swap together; −1: unlimited swap
 * @param memorySwappiness 0–100
 * @param cpus in CPUs, such as 1.5
 * @param cpuShares relative weight
 * @param cpuset such as {@code 0-3,5}
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds
 * @param cpuRealtimePeriod microseconds
 * @param cpuRealtimeRuntime microseconds
 * @param cpuCount Windows only
 * @param cpuPercent Windows only
 * @param pids how many processes; −1: unlimited
 * @param blkio limits of block devices
 * @param oomKillDisable whether the kernel must not kill it for memory
 * @param oomScoreAdj −1000 to 1000
 * @param ulimits by name without RLIMIT_, lower case
 * @param devices devices asked for by capability, {@code gpus} included
 * @param cgroupParent the cgroup that it is to be below
 */
public record Resources(
    OptionalLong memory,
    OptionalLong memoryReservation,
    OptionalLong memorySwap,
    OptionalInt memorySwappiness,
    OptionalDouble cpus,
    OptionalLong cpuShares,
    Optional<String> cpuset,
    OptionalLong cpuPeriod,
    OptionalLong cpuQuota,
    OptionalLong cpuRealtimePeriod,
    OptionalLong cpuRealtimeRuntime,
    OptionalLong cpuCount,
    OptionalDouble cpuPercent,
    OptionalLong pids,
    Optional<BlkioConfig> blkio,
    boolean oomKillDisable,
    OptionalInt oomScoreAdj,
    Map<String, Ulimit> ulimits,
    List<DeviceRequest> devices,
    Optional<String> cgroupParent) {

  public static final Resources DEFAULT =
      new Resources(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          false,
          OptionalInt.empty(),
          Map.of(),
          List.of(),
          Optional.empty());

  public Resources {
    ulimits = Maps.sorted(ulimits);
    devices = List.copyOf(devices);
  }
}

package io.jcompose.engine;

import io.jcompose.container.cgroup.Limits;
import io.jcompose.engine.state.RestartSpec;
import java.util.Optional;

/**
 * What {@code container update} changes; of what is empty, everything stays.
 *
 * @param memory bytes; as for all others the units are those of {@link Limits}
 */
public record ContainerUpdate(
    Optional<Long> memory,
    Optional<Long> memorySwap,
    Optional<Long> memoryReservation,
    Optional<Long> nanoCpus,
    Optional<Long> cpuShares,
    Optional<Long> cpuPeriod,
    Optional<Long> cpuQuota,
    Optional<String> cpusetCpus,
    Optional<String> cpusetMems,
    Optional<Long> pids,
    Optional<Integer> blkioWeight,
    Optional<RestartSpec> restart) {

  Limits applied(Limits before) {
    Limits limits =
        new Limits(
            memory.orElse(before.memory()),
            memorySwap.orElse(before.memorySwap()),
            memoryReservation.orElse(before.memoryReservation()),
            nanoCpus.orElse(cpuQuota.isPresent() ? 0 : before.nanoCpus()),
            cpuShares.orElse(before.cpuShares()),
            cpuQuota.orElse(before.cpuQuota()),
            cpuPeriod.orElse(before.cpuPeriod()),
            cpusetCpus.orElse(before.cpusetCpus()),
            cpusetMems.orElse(before.cpusetMems()),
            pids.orElse(before.pids()),
            blkioWeight.orElse(before.blkioWeight()),
            before.oomKillDisable(),
            before.swappiness(),
            before.blockLimits(),
            before.parent(),
            before.realTimePeriod(),
            before.realTimeRuntime());
    if (limits.memorySwap() > 0 && limits.memory() > limits.memorySwap()) {
      throw new EngineException(
          "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
    }
    return limits;
  }
}

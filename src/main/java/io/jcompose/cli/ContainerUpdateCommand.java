package io.jcompose.cli;

import io.jcompose.engine.ContainerUpdate;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.state.RestartSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update", description = "Changes what containers may use, while they run.", sortOptions = false)
final class ContainerUpdateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
  List<String> names = new ArrayList<>();

  @Option(names = {"-m", "--memory"}, paramLabel = "SIZE", description = "Memory, such as 512m")
  String memory;

  @Option(names = "--memory-swap", paramLabel = "SIZE", description = "Memory and swap together; -1: no limit")
  String memorySwap;

  @Option(names = "--memory-reservation", paramLabel = "SIZE", description = "Memory that it keeps when there is little")
  String memoryReservation;

  @Option(names = "--cpus", paramLabel = "N", description = "How many CPUs, such as 1.5")
  BigDecimal cpus;

  @Option(names = {"-c", "--cpu-shares"}, paramLabel = "N", description = "Weight against others")
  Long cpuShares;

  @Option(names = "--cpu-period", paramLabel = "MICROSECONDS", description = "Period of the quota")
  Long cpuPeriod;

  @Option(names = "--cpu-quota", paramLabel = "MICROSECONDS", description = "CPU time in a period")
  Long cpuQuota;

  @Option(names = "--cpuset-cpus", paramLabel = "CPUS", description = "Which CPUs, such as 0-2")
  String cpusetCpus;

  @Option(names = "--cpuset-mems", paramLabel = "NODES", description = "Which memory nodes")
  String cpusetMems;

  @Option(names = "--pids-limit", paramLabel = "N", description = "How many processes; -1: no limit")
  Long pids;

  @Option(names = "--blkio-weight", paramLabel = "N", description = "Weight of its disk accesses, 10 to 1000")
  Integer blkioWeight;

  @Option(names = "--restart", paramLabel = "POLICY", description = "no, always, unless-stopped, on-failure[:N]")
  String restart;

  ContainerUpdateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerUpdate update =
        new ContainerUpdate(
            bytes("--memory", memory), bytes("--memory-swap", memorySwap), bytes("--memory-reservation", memoryReservation),
            Optional.ofNullable(cpus).map(n -> n.movePointRight(9).longValue()), Optional.ofNullable(cpuShares),
            Optional.ofNullable(cpuPeriod), Optional.ofNullable(cpuQuota), Optional.ofNullable(cpusetCpus),
            Optional.ofNullable(cpusetMems), Optional.ofNullable(pids), Optional.ofNullable(blkioWeight),
            Optional.ofNullable(restart).map(ContainerUpdateCommand::policy));
    return EachContainer.named(context, names, name -> context.warn(context.engine().control().update(name, update)));
  }

  private static Optional<Long> bytes(String flag, String text) {
    return Optional.ofNullable(text).map(t -> t.equals("-1") ? -1L : Bytes.parse(flag, t));
  }

  private static RestartSpec policy(String text) {
    String[] parts = text.split(":", 2);
    RestartSpec.Mode mode =
        switch (parts[0]) {
          case "no" -> RestartSpec.Mode.NO;
          case "always" -> RestartSpec.Mode.ALWAYS;
          case "unless-stopped" -> RestartSpec.Mode.UNLESS_STOPPED;
          case "on-failure" -> RestartSpec.Mode.ON_FAILURE;
          default -> throw invalid(text);
        };
    if (parts.length == 1) {
      return new RestartSpec(mode, 0);
    }
    if (mode != RestartSpec.Mode.ON_FAILURE || !parts[1].matches("\\d{1,9}")) {
      throw invalid(text);
    }
    return new RestartSpec(mode, Integer.parseInt(parts[1]));
  }

  private static EngineException invalid(String text) {
    return new EngineException(
        "--restart " + text + ": it is one of no, always, unless-stopped, on-failure and on-failure:N");
  }
}

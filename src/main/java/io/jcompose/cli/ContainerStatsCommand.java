package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "stats", description = "Shows what running containers use, again and again.", sortOptions = false)
final class ContainerStatsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "CONTAINER", description = "Names or ids; none: all that run")
  List<String> names = new ArrayList<>();

  @Mixin StatsFlags flags = new StatsFlags();

  ContainerStatsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<String> ids = names.stream().map(name -> context.engine().containers().find(name).id()).toList();
    return new StatsView(
            context,
            flags.options(!names.isEmpty()),
            () -> wanted(ids))
        .run();
  }

  private List<ContainerView> wanted(List<String> ids) {
    return context.engine().containers().list().stream()
        .filter(c -> ids.isEmpty() || ids.contains(c.id()))
        .toList();
  }
}

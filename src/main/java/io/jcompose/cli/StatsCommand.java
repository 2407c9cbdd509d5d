package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "stats", description = "Shows what running containers use, again and again.", sortOptions = false)
final class StatsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Mixin StatsFlags flags = new StatsFlags();

  StatsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    String project = choice.projectName();
    return new StatsView(
            context,
            flags.options(false),
            () ->
                context.engine().containers().list(project).stream()
                    .filter(c -> services.isEmpty() || services.contains(c.service()))
                    .toList())
        .run();
  }
}

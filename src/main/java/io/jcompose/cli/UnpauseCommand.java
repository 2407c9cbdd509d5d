package io.jcompose.cli;

import io.jcompose.plan.Planner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "unpause", description = "Lets paused containers go on.", sortOptions = false)
final class UnpauseCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  UnpauseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    if (context.showsPlan(choice.projectName(), (project, observed) -> Planner.unpause(project, observed, Set.copyOf(services)))) {
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().unpause(choice.projectName(), services, progress);
    }
    return 0;
  }
}

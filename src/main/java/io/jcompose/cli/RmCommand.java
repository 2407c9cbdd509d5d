package io.jcompose.cli;

import io.jcompose.plan.Planner;
import io.jcompose.plan.RemoveOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rm", description = "Removes containers that have been stopped.", sortOptions = false)
final class RmCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-f", "--force"}, description = "Does not ask")
  boolean force;

  @Option(names = {"-s", "--stop"}, description = "Stops what runs before")
  boolean stop;

  @Option(names = {"-v", "--volumes"}, description = "Removes their anonymous volumes, too")
  boolean volumes;

  RmCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    String name = choice.projectName();
    RemoveOptions options = new RemoveOptions(Set.copyOf(services), stop, volumes, Optional.empty());
    List<String> names = context.engine().projects().removable(name, options);
    if (names.isEmpty()) {
      context.err().println("No stopped containers");
      return 0;
    }
    if (context.showsPlan(name, (project, observed) -> Planner.remove(project, observed, options))) {
      return 0;
    }
    String question = "Going to remove " + String.join(", ", names);
    if (force) {
      context.out().println(question);
    } else if (!Confirmation.of(context, "? " + question + " (y/N) ")) {
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().remove(name, options, progress, context.invocation().cancellation());
    }
    return 0;
  }
}

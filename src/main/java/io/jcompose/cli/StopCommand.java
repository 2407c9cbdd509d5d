package io.jcompose.cli;

import io.jcompose.plan.Planner;
import io.jcompose.plan.StopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stop", description = "Stops containers without removing them.", sortOptions = false)
final class StopCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-t", "--timeout"}, paramLabel = "SECONDS", description = "Grace period of a stop")
  Integer timeout;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  StopCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    Optional<Duration> grace = Optional.ofNullable(timeout).map(Duration::ofSeconds);
    if (context.showsPlan(choice.projectName(), (project, observed) -> Planner.stop(project, observed, new StopOptions(Set.copyOf(services), grace)))) {
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().stop(
          choice.projectName(),
          services,
          grace,
          progress,
          context.invocation().cancellation());
    }
    return 0;
  }
}

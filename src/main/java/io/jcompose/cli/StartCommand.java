package io.jcompose.cli;

import io.jcompose.plan.Planner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "start", description = "Starts containers that were stopped.", sortOptions = false)
final class StartCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--wait", description = "Waits until services are running or healthy")
  boolean wait;

  @Option(names = "--wait-timeout", paramLabel = "SECONDS", description = "How long --wait waits at most")
  Integer waitTimeout;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  StartCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    if (context.showsPlan(choice.projectName(), (project, observed) -> Planner.start(project, observed, Set.copyOf(services)))) {
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      if (wait) {
        Optional<Duration> limit = Optional.ofNullable(waitTimeout).map(Duration::ofSeconds);
        context.engine().projects().startAndWait(
            choice.projectName(), choice.projectIfAny(), services, limit, progress, context.invocation().cancellation());
      } else {
        context.engine().projects().start(
            choice.projectName(), choice.projectIfAny(), services, progress, context.invocation().cancellation());
      }
    }
    return 0;
  }
}

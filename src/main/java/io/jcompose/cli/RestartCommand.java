package io.jcompose.cli;

import io.jcompose.plan.Planner;
import io.jcompose.plan.RestartOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restart",
    description = "Stops and starts containers; edits of the file are applied by \"up\" only.",
    sortOptions = false)
final class RestartCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--no-deps", description = "Leaves alone what depends on the named services")
  boolean noDeps;

  @Option(names = {"-t", "--timeout"}, paramLabel = "SECONDS", description = "Grace period of a stop")
  Integer timeout;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  RestartCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    choice.of(services);
    Optional<Duration> grace = Optional.ofNullable(timeout).map(Duration::ofSeconds);
    RestartOptions options = new RestartOptions(Set.copyOf(services), !noDeps, grace);
    if (context.showsPlan(choice.projectName(), (project, observed) -> Planner.restart(project, observed, options))) {
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().restart(
          choice.projectName(),
          choice.projectIfAny(),
          services,
          noDeps,
          grace,
          progress,
          context.invocation().cancellation());
    }
    return 0;
  }
}

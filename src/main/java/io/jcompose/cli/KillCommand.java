package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.plan.Planner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "kill", description = "Sends a signal to containers, SIGKILL if none is named.", sortOptions = false)
final class KillCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-s", "--signal"}, paramLabel = "SIGNAL", description = "A name or a number. Default: SIGKILL")
  String signal = "SIGKILL";

  @Option(names = "--remove-orphans", description = "Also those of services that the file does not have")
  boolean removeOrphans;

  KillCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ContainerChoice choice = new ContainerChoice(context);
    List<String> wanted = services;
    if (services.isEmpty() && !removeOrphans) {
      wanted = choice.of(services).stream().map(ContainerView::service).distinct().filter(choice::declared).toList();
    } else {
      choice.of(services);
    }
    Set<String> meant = Set.copyOf(wanted);
    if (context.showsPlan(
        choice.projectName(), (project, observed) -> Planner.kill(project, observed, meant, signal))) {
      return 0;
    }
    int killed = 0;
    if (!wanted.isEmpty() || removeOrphans) {
      try (ProgressView progress = ProgressView.of(context)) {
        killed = context.engine().projects().kill(choice.projectName(), wanted, signal, progress);
      }
    }
    if (killed == 0) {
      context.err().println("no container to kill");
    }
    return 0;
  }
}

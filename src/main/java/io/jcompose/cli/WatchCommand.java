package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Timeline;
import io.jcompose.engine.UpRequest;
import io.jcompose.engine.Watch;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.UpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "watch",
    description = "Copies, rebuilds or restarts when files change, as \"develop\" of the services says.",
    sortOptions = false)
final class WatchCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the files of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--no-up", description = "Builds and starts nothing before")
  boolean noUp;

  @Option(
      names = "--prune", arity = "0..1", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Removes images that a rebuild leaves without a name. Default: true")
  boolean prune;

  @Option(names = "--quiet", description = "Shows no output of builds")
  boolean quiet;

  WatchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Project project = new ProjectSource(context).loadToRun(services);
    OtherCheckout.refuse(context, project);
    for (String service : services) {
      if (project.service(service).isEmpty()) {
        throw new EngineException("no such service: " + service);
      }
    }
    UpRequest request =
        new UpRequest(
            project,
            new ImageOptions(Set.copyOf(services), true, ImageOptions.Build.ALWAYS, Optional.empty()),
            UpOptions.DEFAULT.withServices(Set.copyOf(services)),
            context.environment(),
            false,
            new Timeline());
    Watch watch =
        new Watch(context.engine(), request, prune, context.invocation(), progress(context, quiet));
    if (!noUp) {
      try (ProgressView progress = ProgressView.of(context, quiet, quiet)) {
        context.engine().projects().up(request, progress, context.invocation().cancellation());
      }
    }
    watch.run(context.invocation().cancellation());
    return context.invocation().cancellation().requested() ? Commands.INTERRUPTED : 0;
  }

  /** Lines below each other, as a watch goes on for long and says things of its own between them. */
  static QuietProgress progress(CommandContext context, boolean quiet) {
    return new QuietProgress(ProgressView.plain(context), quiet, quiet);
  }
}

package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.Timeline;
import io.jcompose.engine.UpRequest;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.RecreatePolicy;
import io.jcompose.plan.UpOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "scale", description = "Gives services another number of containers.", sortOptions = false)
final class ScaleCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "SERVICE=N", description = "How many containers of a service")
  Map<String, Integer> scale = new LinkedHashMap<>();

  @Option(names = "--no-deps", description = "Leaves out what the services depend on")
  boolean noDeps;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ScaleCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    scale.forEach(
        (service, n) -> {
          if (n == null || n < 0) {
            throw new CommandLine.ParameterException(
                spec.commandLine(), service + "=" + n + ": write it as SERVICE=N, with N from 0 on");
          }
        });
    Project project = new ProjectSource(context).loadToRun(List.copyOf(scale.keySet()));
    OtherCheckout.refuse(context, project);
    Set<String> services = Set.copyOf(scale.keySet());
    UpOptions options =
        new UpOptions(
            services, !noDeps, RecreatePolicy.CHANGED, RecreatePolicy.CHANGED, scale, true,
            OrphanChoice.of(context, false), false, Optional.empty(), Set.of());
    UpRequest request =
        new UpRequest(
            project, new ImageOptions(services, !noDeps, ImageOptions.Build.MISSING, Optional.empty()), options,
            context.environment(), false, new Timeline());
    if (context.options().dryRun) {
      context.out().print(context.engine().projects().plan(request).toString());
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().up(request, progress, context.invocation().cancellation());
    }
    return 0;
  }
}

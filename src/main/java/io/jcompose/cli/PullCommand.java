package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.ImageTransfers;
import io.jcompose.engine.ProjectImages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pull", description = "Pulls the images of services.", sortOptions = false)
final class PullCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the images of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--policy", paramLabel = "POLICY", description = "In place of the services' own: missing or always")
  String policy = "";

  @Option(names = "--ignore-buildable", description = "Leaves out images that can be built")
  boolean ignoreBuildable;

  @Option(names = "--ignore-pull-failures", description = "Pulls what it can, and says what it can't")
  boolean ignoreFailures;

  @Option(names = "--include-deps", description = "Pulls what the named services depend on, too")
  boolean dependencies;

  @Option(names = {"-q", "--quiet"}, description = "Shows no progress")
  boolean quiet;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  PullCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!policy.isEmpty()) {
      Choice.check(spec, "--policy", policy, List.of("missing", "always"));
    }
    Project project = new ProjectSource(context).load(java.util.Set.of(), services).project();
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      context
          .engine()
          .images()
          .ofProjects(context.options().dryRun)
          .pull(
              project,
              services,
              dependencies,
              new ProjectImages.PullOptions(policy, ignoreBuildable, ignoreFailures),
              new ImageTransfers.Call(
                  context.invocation().environment(), progress, context.invocation().cancellation()));
    }
    return 0;
  }
}

package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.ImageTransfers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "push", description = "Pushes the images that services build.", sortOptions = false)
final class PushCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the images of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--ignore-push-failures", description = "Pushes what it can, and says what it can't")
  boolean ignoreFailures;

  @Option(names = "--include-deps", description = "Pushes what the named services depend on, too")
  boolean dependencies;

  @Option(names = {"-q", "--quiet"}, description = "Shows no progress")
  boolean quiet;

  PushCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Project project = new ProjectSource(context).load(java.util.Set.of(), services).project();
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      context
          .engine()
          .images()
          .ofProjects(context.options().dryRun)
          .push(
              project,
              services,
              dependencies,
              ignoreFailures,
              new ImageTransfers.Call(
                  context.invocation().environment(), progress, context.invocation().cancellation()));
    }
    return 0;
  }
}

package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.Timeline;
import io.jcompose.engine.UpRequest;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.RecreatePolicy;
import io.jcompose.plan.UpOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Creates the containers of a project, and starts none.", sortOptions = false)
final class CreateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only these and what they depend on")
  List<String> services = new ArrayList<>();

  @Option(names = "--build", description = "Builds images before")
  boolean build;

  @Option(names = "--no-build", description = "Builds no image, even if it is missing")
  boolean noBuild;

  @Option(names = "--pull", paramLabel = "POLICY", description = "Pulls images before: always, missing, never, build")
  String pull;

  @Option(names = "--quiet-pull", description = "Shows no progress of pulls")
  boolean quietPull;

  @Option(names = "--force-recreate", description = "Recreates containers even if nothing changed")
  boolean forceRecreate;

  @Option(names = "--no-recreate", description = "Keeps containers that exist, even if they changed")
  boolean noRecreate;

  @Option(names = "--scale", paramLabel = "SERVICE=N", description = "How many containers of a service")
  Map<String, Integer> scale = new HashMap<>();

  @Option(names = "--remove-orphans", description = "Removes containers of services that the file no longer has")
  boolean removeOrphans;

  @Option(names = {"-y", "--yes"}, description = "Answers yes to questions")
  boolean yes;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  CreateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    check();
    Project project = new ProjectSource(context).loadToRun(services);
    OtherCheckout.refuse(context, project);
    UpRequest request =
        new UpRequest(project, images(), options(), context.environment(), yes, new Timeline());
    if (context.options().dryRun) {
      context.out().print(context.engine().projects().plan(request).toString());
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context, quietPull, false)) {
      context.engine().projects().up(request, progress, context.invocation().cancellation());
    }
    return 0;
  }

  private void check() {
    Choice.check(spec, "--pull", pull, List.of("always", "missing", "never", "build"));
    if (forceRecreate && noRecreate) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--force-recreate and --no-recreate exclude each other");
    }
    if (build && noBuild) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--build and --no-build exclude each other");
    }
  }

  private ImageOptions images() {
    ImageOptions.Build when =
        build || "build".equals(pull)
            ? ImageOptions.Build.ALWAYS
            : noBuild ? ImageOptions.Build.NEVER : ImageOptions.Build.MISSING;
    return new ImageOptions(Set.copyOf(services), true, when, Optional.ofNullable(pull).filter(p -> !p.equals("build")));
  }

  private UpOptions options() {
    RecreatePolicy recreate =
        forceRecreate ? RecreatePolicy.FORCE : noRecreate ? RecreatePolicy.NEVER : RecreatePolicy.CHANGED;
    return new UpOptions(
        Set.copyOf(services), true, recreate, noRecreate ? RecreatePolicy.NEVER : RecreatePolicy.CHANGED, scale, false,
        OrphanChoice.of(context, removeOrphans), false, Optional.empty(), Set.of());
  }
}

package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.ImageBuilds;
import io.jcompose.engine.ImageTransfers;
import io.jcompose.plan.Planner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "build", description = "Builds the images of services.", sortOptions = false)
final class BuildCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the images of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--build-arg", paramLabel = "NAME=VALUE", description = "Sets a build argument")
  List<String> buildArgs = new ArrayList<>();

  @Option(names = "--ssh", paramLabel = "default|ID[=SOCKET|KEY,…]", description = "An SSH agent, or keys, for steps that mount it")
  List<String> ssh = new ArrayList<>();

  @Option(names = "--no-cache", description = "Runs every step again")
  boolean noCache;

  @Option(names = "--pull", description = "Pulls base images again")
  boolean pull;

  @Option(names = "--with-dependencies", description = "Builds what the services depend on, too")
  boolean withDependencies;

  @Option(names = {"-q", "--quiet"}, description = "Shows nothing but errors")
  boolean quiet;

  @Option(names = "--check", description = "Looks for what is not wise in the Dockerfiles, and builds nothing")
  boolean check;

  @Option(names = "--print", description = "Prints the builds as a bake file, and builds nothing")
  boolean print;

  @Option(names = "--push", description = "Sends the images to their registries afterwards")
  boolean push;

  @Option(names = "--progress", defaultValue = "", hidden = true)
  String progressKind;

  @Option(names = {"--builder", "-m", "--memory"}, hidden = true)
  List<String> ignored = new ArrayList<>();

  @Option(names = {"--provenance", "--sbom"}, hidden = true, arity = "0..1", fallbackValue = "true")
  List<String> ignoredAttestations = new ArrayList<>();

  @Option(names = {"--compress", "--force-rm", "--no-rm", "--parallel"}, hidden = true)
  List<Boolean> ignoredFlags = new ArrayList<>();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  BuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    BuildFlags flags = new BuildFlags(context.invocation());
    flags.progress(spec, progressKind).ifPresent(kind -> context.options().progress = kind);
    Project project = new ProjectSource(context).loadToRun(services);
    if (print) {
      context.out().print(BakeFile.of(project, services, flags.arguments(buildArgs)));
      return 0;
    }
    if (check) {
      return check(project);
    }
    if (context.options().dryRun) {
      context.out().print(Planner.builds(project, Set.copyOf(services), withDependencies).summary());
      return 0;
    }
    ImageBuilds.Options options =
        new ImageBuilds.Options(
            flags.arguments(buildArgs), flags.ssh(ssh), noCache, pull, withDependencies);
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      context.engine().builds().build(
          project,
          services,
          options,
          context.invocation().environment(),
          progress,
          context.invocation().cancellation());
      if (push) {
        push(project, progress);
      }
    }
    return 0;
  }

  /** What has a name of its own in the file is sent. */
  private void push(Project project, ProgressView progress) {
    ImageTransfers.Call call =
        new ImageTransfers.Call(
            context.invocation().environment(), progress, context.invocation().cancellation());
    for (Service service : project.services().values()) {
      boolean meant = services.isEmpty() || services.contains(service.name());
      if (meant && service.build().isPresent() && service.image().isPresent()) {
        context.engine().images().transfers().push(service.image().get(), call);
      }
    }
  }

  private int check(Project project) {
    boolean clean = true;
    for (Service service : project.services().values()) {
      if (service.build().isEmpty() || !services.isEmpty() && !services.contains(service.name())) {
        continue;
      }
      JsonNode report =
          context.engine().builds().check(
              project, service.name(), context.invocation().environment(), context.invocation().cancellation());
      context.out().print(LintText.of(report));
      clean &= report.path("warnings").isEmpty();
    }
    return clean ? 0 : 1;
  }
}

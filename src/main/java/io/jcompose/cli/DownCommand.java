package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.DownRequest;
import io.jcompose.plan.DownOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "down",
    description = "Stops and removes the containers and networks of a project.",
    sortOptions = false)
final class DownCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  @Option(names = {"-v", "--volumes"}, description = "Removes the project's volumes too, with all data")
  boolean volumes;

  @Option(names = "--keep-snapshot", description = "With -v: keeps a snapshot of what the volumes held at the end")
  boolean keepSnapshot;

  @Option(names = {"-t", "--timeout"}, paramLabel = "SECONDS", description = "Grace period of a stop")
  Integer timeout;

  @Option(names = "--remove-orphans", description = "Removes containers of services that the file no longer has")
  boolean removeOrphans;

  @Option(names = "--rmi", paramLabel = "TYPE", description = "Removes images too: all, or local for built ones without a name of their own")
  String rmi;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  DownCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (keepSnapshot && !volumes) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--keep-snapshot goes with -v: without it the volumes stay");
    }
    Choice.check(spec, "--rmi", rmi, List.of("all", "local"));
    ContainerChoice choice = new ContainerChoice(context);
    Optional<Project> project = choice.projectIfAny(services);
    String name = choice.projectName(project);
    DownOptions.Images images =
        rmi == null
            ? DownOptions.Images.NONE
            : rmi.equals("all") ? DownOptions.Images.ALL : DownOptions.Images.LOCAL;
    DownOptions options =
        new DownOptions(
            Set.copyOf(services),
            volumes,
            OrphanChoice.of(context, removeOrphans),
            images,
            Optional.ofNullable(timeout).map(Duration::ofSeconds),
            keepSnapshot);
    DownRequest request = new DownRequest(name, project, options);
    if (context.options().dryRun) {
      context.out().print(context.engine().projects().planDown(request));
      return 0;
    }
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().projects().down(request, progress, context.invocation().cancellation());
    }
    return 0;
  }
}

package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.ImageBuilds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

  @Option(names = "--no-cache", description = "Runs every step again")
  boolean noCache;

  @Option(names = "--pull", description = "Pulls base images again")
  boolean pull;

  @Option(names = {"-q", "--quiet"}, description = "Shows nothing but errors")
  boolean quiet;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  BuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Project project = new ProjectSource(context).loadToRun(services);
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String argument : buildArgs) {
      int equals = argument.indexOf('=');
      if (equals > 0) {
        arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else if (context.invocation().environment().containsKey(argument)) {
        arguments.put(argument, context.invocation().environment().get(argument));
      }
    }
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      context.engine().builds().build(
          project,
          services,
          new ImageBuilds.Options(arguments, noCache, pull),
          context.invocation().environment(),
          progress,
          context.invocation().cancellation());
    }
    return 0;
  }
}

package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.RandomId;
import io.jcompose.engine.RunRequest;
import io.jcompose.engine.StreamOptions;
import io.jcompose.engine.Timeline;
import io.jcompose.engine.UpRequest;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.OneOff;
import io.jcompose.plan.Orphans;
import io.jcompose.plan.RecreatePolicy;
import io.jcompose.plan.UpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = "Runs one command in a new container of a service.",
    sortOptions = false)
final class RunCommand implements Callable<Integer>, RunsProgram {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose container it is made like")
  String service;

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "In place of the service's command")
  List<String> command = new ArrayList<>();

  @Option(names = "--rm", description = "Removes the container when the command has ended")
  boolean remove;

  @Option(names = {"-d", "--detach"}, description = "Leaves it running in the background, and prints its id")
  boolean detach;

  @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "Sets a variable")
  List<String> environment = new ArrayList<>();

  @Option(names = "--env-from-file", paramLabel = "FILE", description = "Sets variables from a file")
  List<String> envFiles = new ArrayList<>();

  @Option(names = "--entrypoint", paramLabel = "COMMAND", description = "In place of the image's entrypoint")
  String entrypoint;

  @Option(names = "--name", paramLabel = "NAME", description = "The container's name")
  String name;

  @Option(names = {"-p", "--publish"}, paramLabel = "PORT", description = "Publishes a port on the host")
  List<String> publish = new ArrayList<>();

  @Option(names = {"-P", "--service-ports"}, description = "Publishes the service's ports")
  boolean servicePorts;

  @Option(names = "--no-deps", description = "Starts nothing that the service depends on")
  boolean noDeps;

  @Option(names = "--use-aliases", description = "Gives it the service's names on its networks")
  boolean useAliases;

  @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Runs as this user[:group]")
  String user;

  @Option(names = {"-v", "--volume"}, paramLabel = "VOLUME", description = "Mounts a volume or a folder")
  List<String> volumes = new ArrayList<>();

  @Option(names = {"-w", "--workdir"}, paramLabel = "DIR", description = "Runs in this folder of the container")
  String workdir;

  @Option(names = {"-l", "--label"}, paramLabel = "NAME=VALUE", description = "Adds a label")
  List<String> labels = new ArrayList<>();

  @Option(names = {"-T", "--no-tty", "--no-TTY"}, description = "Gives it no terminal. Default: one when the caller has one")
  boolean noTty;

  @Option(names = {"-t", "--tty"}, hidden = true, description = "As it is anyhow")
  boolean tty;

  @Option(
      names = {"-i", "--interactive"}, negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Keeps its input open. Default: yes")
  boolean interactive;

  @Option(names = "--build", description = "Builds its image before")
  boolean build;

  @Option(names = "--pull", paramLabel = "POLICY", description = "Pulls its image before: always, missing, never")
  String pull;

  @Option(names = "--quiet-pull", description = "Shows no progress of pulls")
  boolean quietPull;

  @Option(names = "--quiet-build", description = "Shows no output of builds")
  boolean quietBuild;

  @Option(names = {"-q", "--quiet"}, description = "Shows nothing but the command's output")
  boolean quiet;

  @Option(names = "--cap-add", paramLabel = "CAPABILITY", description = "Adds a capability")
  List<String> capAdd = new ArrayList<>();

  @Option(names = "--cap-drop", paramLabel = "CAPABILITY", description = "Takes a capability away")
  List<String> capDrop = new ArrayList<>();

  @Option(names = "--remove-orphans", description = "Removes containers of services that the file no longer has")
  boolean removeOrphans;

  @Option(names = "--dry-run", description = "Shows what would be done and why, and does nothing")
  boolean dryRun;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  RunCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--pull", pull, List.of("always", "missing", "never"));
    if (servicePorts && !publish.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--service-ports and --publish exclude each other");
    }
    Project project = new ProjectSource(context).loadToRun(List.of(service));
    OtherCheckout.refuse(context, project);
    Service declared =
        project.service(service).orElseThrow(() -> new EngineException("no such service: " + service));
    boolean terminal =
        !noTty && !detach && interactive && context.invocation().inputIsTerminal() && context.out().terminal();
    String slug = RandomId.next(32);
    Project changed = new RunOverrides(this, context.invocation()).apply(project, declared, terminal, slug);
    String container =
        name != null ? name : project.name() + "-" + service + "-run-" + slug.substring(0, 12);
    RunRequest request = request(changed, new OneOff(service, container));
    if (dryRun || context.options().dryRun) {
      context.out().print(context.engine().oneOffs().plan(request));
      return 0;
    }
    String id;
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context, quietPull, quietBuild)) {
      id = context.engine().oneOffs().create(request, progress, context.invocation().cancellation());
    }
    int code = context.engine().oneOffs().start(id, request, context.invocation());
    if (detach) {
      context.out().println(id);
    }
    return code;
  }

  private RunRequest request(Project project, OneOff oneOff) {
    ImageOptions images =
        new ImageOptions(
            Set.of(service),
            !noDeps,
            build ? ImageOptions.Build.ALWAYS : ImageOptions.Build.MISSING,
            Optional.ofNullable(pull));
    UpOptions options =
        new UpOptions(
            Set.of(service), !noDeps, RecreatePolicy.CHANGED, RecreatePolicy.CHANGED, Map.of(), true,
            OrphanChoice.of(context, removeOrphans), false, Optional.empty(), Set.of());
    StreamOptions streams =
        new StreamOptions(interactive && !detach, true, true, "ctrl-p,ctrl-q", true, false);
    return new RunRequest(
        new UpRequest(project, images, options, context.environment(), false, new Timeline()), oneOff, remove, detach,
        streams);
  }
}

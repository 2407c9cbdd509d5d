package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.Timeline;
import io.jcompose.engine.UpRequest;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.Question;
import io.jcompose.plan.RecreatePolicy;
import io.jcompose.plan.UpOptions;
import java.time.Duration;
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

@Command(
    name = "up",
    description = "Creates and starts the services of a project.",
    sortOptions = false,
    mixinStandardHelpOptions = false)
class UpCommand implements Callable<Integer> {
  final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only these and what they depend on")
  List<String> services = new ArrayList<>();

  @Option(names = {"-d", "--detach"}, description = "Leaves the containers running in the background")
  boolean detach;

  @Option(names = "--build", description = "Builds images before starting")
  boolean build;

  @Option(names = "--no-build", description = "Builds no image, even if it is missing")
  boolean noBuild;

  @Option(
      names = "--pull",
      paramLabel = "POLICY",
      description = "Pulls images before starting: always, missing, never")
  String pull;

  @Option(names = "--force-recreate", description = "Recreates containers even if nothing changed")
  boolean forceRecreate;

  @Option(names = "--no-recreate", description = "Keeps containers that exist, even if they changed")
  boolean noRecreate;

  @Option(names = "--always-recreate-deps", description = "Recreates dependencies too")
  boolean alwaysRecreateDeps;

  @Option(names = {"-V", "--renew-anon-volumes"}, description = "Makes new anonymous volumes")
  boolean renewAnonVolumes;

  @Option(names = "--no-start", description = "Creates the containers only")
  boolean noStart;

  @Option(names = "--no-deps", description = "Leaves out what the named services depend on")
  boolean noDeps;

  @Option(names = "--scale", paramLabel = "SERVICE=N", description = "How many containers of a service")
  Map<String, Integer> scale = new HashMap<>();

  @Option(names = "--remove-orphans", description = "Removes containers of services that the file no longer has")
  boolean removeOrphans;

  @Option(
      names = {"-w", "--watch"},
      description = "Copies, rebuilds or restarts when files change, as \"develop\" of the services says")
  boolean watch;

  @Option(names = "--wait", description = "Waits until services are running or healthy; implies -d")
  boolean wait;

  @Option(names = "--wait-timeout", paramLabel = "SECONDS", description = "How long --wait waits at most")
  Integer waitTimeout;

  @Option(names = {"-t", "--timeout"}, paramLabel = "SECONDS", description = "Grace period of a stop")
  Integer timeout;

  @Option(names = "--abort-on-container-exit", description = "Stops all containers when one ends")
  boolean abortOnExit;

  @Option(names = "--abort-on-container-failure", description = "Stops all containers when one fails")
  boolean abortOnFailure;

  @Option(
      names = "--exit-code-from",
      paramLabel = "SERVICE",
      description = "Leaves with the exit code of this service; implies --abort-on-container-exit")
  String exitCodeFrom;

  @Option(names = "--attach", paramLabel = "SERVICE", description = "Shows only the output of these")
  List<String> attach = new ArrayList<>();

  @Option(names = "--no-attach", paramLabel = "SERVICE", description = "Shows no output of these")
  List<String> noAttach = new ArrayList<>();

  @Option(names = "--timestamps", description = "Shows when each line was written")
  boolean timestamps;

  @Option(names = "--no-log-prefix", description = "Shows lines without the container's name")
  boolean noLogPrefix;

  @Option(names = "--no-color", description = "Shows prefixes without colours")
  boolean noColor;

  @Option(names = "--quiet-pull", description = "Shows no progress of pulls")
  boolean quietPull;

  @Option(names = "--quiet-build", description = "Shows no output of builds")
  boolean quietBuild;

  @Option(names = "--attach-dependencies", description = "Shows the output of what the services depend on, too")
  boolean attachDependencies;

  @Option(
      names = "--menu", arity = "0..1", fallbackValue = "true", hidden = true,
      description = "Taken, without effect: Ctrl-C and the other commands do what the menu would")
  boolean menu;

  @Option(names = {"-y", "--yes"}, description = "Answers yes to questions")
  boolean yes;

  @Option(
      names = "--timeline",
      paramLabel = "FILE",
      description = "Draws where the time went, and what decided it, into this SVG file")
  String timelineFile;

  @Option(names = "--dry-run", description = "Shows what would be done and why, and does nothing")
  boolean dryRun;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  /** What was asked for, once its files have been read. */
  private Optional<UpRequest> asked = Optional.empty();

  UpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (dryRun || context.options().dryRun) {
      context.out().print(context.engine().projects().plan(request()).toString());
      return 0;
    }
    try {
      return detach || wait || noStart
          ? inBackground(toDo())
          : new ForegroundUp(context, foregroundOptions()).run(this::toDo);
    } finally {
      if (timelineFile != null && asked.isPresent()) {
        new TimelineFile(context, timelineFile).write(asked.get().timeline());
      }
    }
  }

  private UpRequest toDo() {
    UpRequest request = request();
    asked = Optional.of(!yes && context.invocation().inputIsTerminal() ? answered(request) : request);
    return asked.get();
  }

  /** Asks what the plan can't know: whether data may be lost. */
  private UpRequest answered(UpRequest request) {
    UpOptions options = request.options();
    for (Question question : context.engine().projects().plan(request).containers().questions()) {
      if (Confirmation.of(context, "? " + question.text() + " (y/N) ")) {
        options = options.withRecreatedVolume(question.volume());
      }
    }
    return new UpRequest(
        request.project(), request.images(), options, request.environment(), false, request.timeline());
  }

  /** What the options ask for. */
  final UpRequest request() {
    checkOptions();
    Project project = new ProjectSource(context).loadToRun(services);
    OtherCheckout.refuse(context, project);
    return new UpRequest(
        project, imageOptions(), upOptions(), context.environment(), yes, new Timeline());
  }

  private ImageOptions imageOptions() {
    ImageOptions.Build when =
        build
            ? ImageOptions.Build.ALWAYS
            : noBuild ? ImageOptions.Build.NEVER : ImageOptions.Build.MISSING;
    return new ImageOptions(Set.copyOf(services), !noDeps, when, Optional.ofNullable(pull));
  }

  private UpOptions upOptions() {
    RecreatePolicy recreate =
        forceRecreate
            ? RecreatePolicy.FORCE
            : noRecreate ? RecreatePolicy.NEVER : RecreatePolicy.CHANGED;
    return new UpOptions(
        Set.copyOf(services),
        !noDeps,
        recreate,
        alwaysRecreateDeps ? RecreatePolicy.FORCE : noRecreate ? RecreatePolicy.NEVER : RecreatePolicy.CHANGED,
        scale,
        !noStart,
        OrphanChoice.of(context, removeOrphans),
        renewAnonVolumes,
        Optional.ofNullable(timeout).map(Duration::ofSeconds),
        Set.of());
  }

  private ForegroundUp.Options foregroundOptions() {
    return new ForegroundUp.Options(
        attach, noAttach, abortOnExit || exitCodeFrom != null && !abortOnFailure, abortOnFailure,
        Optional.ofNullable(exitCodeFrom), timestamps, !noLogPrefix, !noColor, attachDependencies, quietPull, quietBuild,
        watch);
  }

  private int inBackground(UpRequest request) {
    if (wait) {
      // Asking again comes to the same; and who waits for minutes may do so over an engine's end.
      context.invocation().continuation().begin(0, false);
    }
    try (ProgressView progress = ProgressView.of(context, quietPull, quietBuild)) {
      if (wait) {
        Optional<Duration> limit = Optional.ofNullable(waitTimeout).map(Duration::ofSeconds);
        context.engine().projects().upAndWait(request, limit, progress, context.invocation().cancellation());
      } else {
        context.engine().projects().up(request, progress, context.invocation().cancellation());
      }
    }
    return 0;
  }

  private void checkOptions() {
    Choice.check(spec, "--pull", pull, List.of("always", "missing", "never"));
    conflict(forceRecreate && noRecreate, "--force-recreate and --no-recreate exclude each other");
    conflict(
        alwaysRecreateDeps && noRecreate, "--always-recreate-deps and --no-recreate exclude each other");
    conflict(build && noBuild, "--build and --no-build exclude each other");
    conflict(
        (detach || wait) && (abortOnExit || abortOnFailure || exitCodeFrom != null || !attach.isEmpty()
            || attachDependencies),
        "-d and --wait don't go with --abort-on-container-exit, --abort-on-container-failure,"
            + " --exit-code-from, --attach or --attach-dependencies");
    conflict(
        watch && (detach || wait || noStart || noBuild || abortOnExit || abortOnFailure || exitCodeFrom != null),
        "--watch doesn't go with -d, --wait, --no-start, --no-build, --abort-on-container-exit,"
            + " --abort-on-container-failure or --exit-code-from");
    conflict(waitTimeout != null && !wait, "--wait-timeout goes with --wait");
    scale.forEach((service, n) -> conflict(n < 0, "--scale " + service + "=" + n + ": not a number of containers"));
  }

  private void conflict(boolean conflict, String message) {
    if (conflict) {
      throw new CommandLine.ParameterException(spec.commandLine(), message);
    }
  }
}

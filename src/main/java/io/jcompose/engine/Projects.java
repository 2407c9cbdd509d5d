package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.state.ProjectRecord;
import io.jcompose.engine.state.StateStore;
import io.jcompose.fault.Fault;
import io.jcompose.network.firewall.Neighbours;
import io.jcompose.plan.Action;
import io.jcompose.plan.Notice;
import io.jcompose.plan.Observed;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Planner;
import io.jcompose.plan.Question;
import io.jcompose.plan.RecordedProject;
import io.jcompose.plan.RemoveOptions;
import io.jcompose.plan.RestartOptions;
import io.jcompose.plan.StopOptions;
import io.jcompose.plan.UpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The verbs over whole projects: each observes, plans, and carries the plan out. */
public final class Projects {
  private final Units units;
  private final Observer observer;
  private final Reconciler reconciler;
  private final ProjectLocks locks;
  private final StateStore store;
  private final Supplier<Optional<Neighbours.Advice>> firewallAdvice;

  Projects(
      Units units,
     Observer observer, Reconciler reconciler, ProjectLocks locks, StateStore store,
      Supplier<Optional<Neighbours.Advice>> firewallAdvice) {
    this.units = units;
    this.observer = observer;
    this.reconciler = reconciler;
    this.locks = locks;
    this.store = store;
    this.firewallAdvice = firewallAdvice;
  }

  /** What {@code up} would do; changes nothing. */
  public UpPlan plan(UpRequest request) {
    Project project = request.project();
    FileSourceCheck.check(project, request.images());
    Observed observed = observer.observe(project.name(), Optional.of(project));
    return new UpPlan(
        Planner.images(project, observed, request.images()),
        Planner.up(project, observed, request.options()));
  }

  /** What {@code down} would do, as text; changes nothing. */
  public String planDown(DownRequest request) {
    return planDown(request, observe(request)).summary();
  }

  /** What a verb would do to the containers of a project, as text; changes nothing. */
  public String plan(String name, BiFunction<Project, Observed, Plan> planner) {
    Observed observed = observer.observe(name, Optional.empty());
    return planner.apply(RecordedProject.of(observed), observed).summary();
  }

  private Observed observe(DownRequest request) {
    return observer.observe(request.projectName(), request.project());
  }

  private static Plan planDown(DownRequest request, Observed observed) {
    Project project = request.project().orElseGet(() -> RecordedProject.of(observed));
    return Planner.down(project, observed, request.options());
  }

  /** Brings a project up; returns when everything has been started. */
  public void up(UpRequest request, Progress progress, Cancellation cancellation) {
    Project project = request.project();
    FileSourceCheck.check(project, request.images());
    try (ProjectLocks.Turn turn = enter(project.name(), ProjectLocks.Kind.BRINGS_UP, progress, cancellation)) {
      turn.work(
          () -> {
            Observed before = observer.observe(project.name(), Optional.of(project));
            Plan images = Planner.images(project, before, request.images());
            Reconciler.Run run =
                reconciler.prepare(project, progress, cancellation, request.environment(), request.timeline());
            run.carryOut(images);
            Observed observed = observer.observe(project.name(), Optional.of(project));
            Plan plan = agreed(project, observed, request, progress);
            tell(plan, progress);
            remember(project);
            Fault.point("project.recorded");
            run.carryOutWithPorts(plan);
            adviseAboutFirewall(plan, progress);
          });
    }
  }

  private Plan agreed(Project project, Observed observed, UpRequest request, Progress progress) {
    UpOptions options = request.options();
    Plan plan = Planner.up(project, observed, options);
    if (plan.questions().isEmpty()) {
      return plan;
    }
    for (Question question : plan.questions()) {
      if (request.yes()) {
        options = options.withRecreatedVolume(question.volume());
      } else {
        progress.warning(question.text() + ". It is kept as it is; -y agrees");
      }
    }
    return Planner.up(project, observed, options);
  }

  private static void tell(Plan plan, Progress progress) {
    plan.notices().stream().map(Notice::text).forEach(progress::warning);
  }

  /** Another firewall's drop beats our accept: whoever has made a network is told how to open it. */
  private void adviseAboutFirewall(Plan plan, Progress progress) {
    boolean madeNetwork =
        plan.steps().stream().anyMatch(step -> step.action() instanceof Action.CreateNetwork);
    if (madeNetwork) {
      firewallAdvice
          .get()
          .ifPresent(
              advice ->
                  progress.warning(
                      advice.firewall() + " on this host drops what containers send; this opens it: "
                          + advice.command()));
    }
  }

  private void remember(Project project) {
    store.saveProject(
        new ProjectRecord(
            project.name(),
            project.directory().toString(),
            project.files().stream().map(Path::toString).toList()));
  }

  /**
   * As {@link #up}, then waits until the project's services are running or healthy ({@code --wait}).
   *
   * @param limit of all of it
   */
  public void upAndWait(
      UpRequest request, Optional<Duration> limit, Progress progress, Cancellation cancellation) {
    new Readiness(units, request.project(), request.options().services(), request.timeline())
        .within(limit, ends -> up(request, progress, ends), progress, cancellation);
  }

  /**
   * Whether some command brings the project up at this moment; what has no process may get one by it.
   *
   * @param atItsEnd then runs when that command has ended
   */
  public boolean comesUp(String name, Runnable atItsEnd) {
    return locks.bringsUp(name, atItsEnd);
  }

  /** Stops and removes what a project has. */
  public void down(DownRequest request, Progress progress, Cancellation cancellation) {
    String name = request.projectName();
    Set<String> services = request.options().services();
    Optional<Duration> grace = request.options().timeout();
    try (ProjectLocks.Turn turn =
        enterToStop(name, services, grace, ProjectLocks.Kind.TAKES_DOWN, progress, cancellation);
        Cancellation.Registration pressed = forcedByTheSecond(cancellation, name, services, progress)) {
      Observed observed = observe(request);
      Project project = request.project().orElseGet(() -> RecordedProject.of(observed));
      Plan plan = planDown(request, observed);
      tell(plan, progress);
      reconciler.prepare(project, progress, cancellation, Map.of()).carryOut(plan);
      boolean whole = request.options().services().isEmpty();
      if (whole && observer.observe(name, Optional.empty()).containers().isEmpty()) {
        store.removeProject(name);
        Fault.point("project.forgotten");
      }
      if (plan.isEmpty() && whole) {
        progress.warning("No resource found to remove for project \"" + name + "\".");
      }
    }
  }

  public void stop(
      String name,
      List<String> services,
      Optional<Duration> timeout,
      Progress progress,
      Cancellation cancellation) {
    StopOptions options = new StopOptions(Set.copyOf(services), timeout);
    try (ProjectLocks.Turn turn =
        enterToStop(name, options.services(), timeout, ProjectLocks.Kind.TAKES_DOWN, progress, cancellation);
        Cancellation.Registration pressed = forcedByTheSecond(cancellation, name, options.services(), progress)) {
      Observed observed = observer.observe(name, Optional.empty());
      Project project = RecordedProject.of(observed);
      Plan plan = Planner.stop(project, observed, options);
      reconciler.prepare(project, progress, cancellation, Map.of()).carryOut(plan);
    }
  }

  /** As {@link #start}, then waits until the services are running or healthy. */
  public void startAndWait(
      String name,
      Optional<Project> file,
      List<String> services,
      Optional<Duration> limit,
      Progress progress,
      Cancellation cancellation) {
    Project project = RecordedProject.of(observer.observe(name, Optional.empty()));
    new Readiness(units, project, Set.copyOf(services), new Timeline())
        .within(limit, ends -> start(name, file, services, progress, ends), progress, cancellation);
  }

  /**
   * Starts what there is.
   *
   * @param file what the project's file says now: a service of it without containers is said
   */
  public void start(
      String name,
      Optional<Project> file,
      List<String> services,
      Progress progress,
      Cancellation cancellation) {
    try (ProjectLocks.Turn turn = enter(name, ProjectLocks.Kind.BRINGS_UP, progress, cancellation)) {
      turn.work(
          () -> {
            Observed observed = observer.observe(name, Optional.empty());
            Project project = fileOrRecord(file, services, observed);
            Plan plan = Planner.start(project, observed, Set.copyOf(services));
            tell(plan, progress);
            reconciler.prepare(project, progress, cancellation, Map.of()).carryOutWithPorts(plan);
          });
    }
  }

  /**
   * Stops containers and starts them again, as they are.
   *
   * @param file what the project's file says now: what of it a restart does not apply is said
   */
  public void restart(
      String name,
      Optional<Project> file,
      List<String> services,
      boolean noDeps,
      Optional<Duration> timeout,
      Progress progress,
      Cancellation cancellation) {
    try (ProjectLocks.Turn turn =
        enterToStop(name, Set.copyOf(services), timeout, ProjectLocks.Kind.BRINGS_UP, progress, cancellation);
        Cancellation.Registration pressed = forcedByTheSecond(cancellation, name, Set.copyOf(services), progress)) {
      turn.work(
          () -> {
            Observed observed = observer.observe(name, Optional.empty());
            Project project = fileOrRecord(file, services, observed);
            RestartOptions options = new RestartOptions(Set.copyOf(services), !noDeps, timeout);
            Plan plan = Planner.restart(project, observed, options);
            tell(plan, progress);
            reconciler.prepare(project, progress, cancellation, Map.of()).carryOut(plan);
          });
    }
  }

  private static Project fileOrRecord(Optional<Project> file, List<String> services, Observed observed) {
    return file.filter(f -> f.services().keySet().containsAll(services))
        .orElseGet(() -> RecordedProject.of(observed));
  }

  /** Kills containers at once; takes no turn, so it also ends a stop that waits. */
  public void kill(String name, List<String> services, Progress progress) {
    kill(name, services, "SIGKILL", progress);
  }

  /** Sends a signal to containers; takes no turn either. Returns to how many. */
  public int kill(String name, List<String> services, String signal, Progress progress) {
    return takeAsTheyAre(
        name, progress, (project, observed) -> Planner.kill(project, observed, Set.copyOf(services), signal));
  }

  /** Freezes what runs; takes no turn. */
  public void pause(String name, List<String> services, Progress progress) {
    takeAsTheyAre(name, progress, (project, observed) -> Planner.pause(project, observed, Set.copyOf(services)));
  }

  /** Lets go on what is paused; takes no turn. */
  public void unpause(String name, List<String> services, Progress progress) {
    takeAsTheyAre(name, progress, (project, observed) -> Planner.unpause(project, observed, Set.copyOf(services)));
  }

  private int takeAsTheyAre(String name, Progress progress, BiFunction<Project, Observed, Plan> planner) {
    Observed observed = observer.observe(name, Optional.empty());
    Project project = RecordedProject.of(observed);
    Plan plan = planner.apply(project, observed);
    reconciler.prepare(project, progress, new Cancellation(), Map.of()).carryOut(plan);
    return plan.steps().size();
  }

  /** Names of the containers that {@link #remove} would remove. */
  public List<String> removable(String name, RemoveOptions options) {
    Observed observed = observer.observe(name, Optional.empty());
    return Planner.remove(RecordedProject.of(observed), observed, options).steps().stream()
        .filter(step -> step.action() instanceof Action.RemoveContainer)
        .map(step -> step.action().subject())
        .toList();
  }

  /** Removes containers that don't run, or all after a stop, and nothing else of the project. */
  public void remove(String name, RemoveOptions options, Progress progress, Cancellation cancellation) {
    Optional<Duration> never = Optional.of(Duration.ofMillis(-1));
    Optional<Duration> grace = options.stop() ? options.timeout() : never;
    try (ProjectLocks.Turn turn =
        enterToStop(name, options.services(), grace, ProjectLocks.Kind.TAKES_DOWN, progress, cancellation);
        Cancellation.Registration pressed = forcedByTheSecond(cancellation, name, options.services(), progress)) {
      Observed observed = observer.observe(name, Optional.empty());
      Project project = RecordedProject.of(observed);
      Plan plan = Planner.remove(project, observed, options);
      reconciler.prepare(project, progress, cancellation, Map.of()).carryOut(plan);
    }
  }

  /**
   * Waits for the turn of what stops containers; a stop under way gives them no longer than this one would.
   *
   * @param services of which it stops the containers; none: of all
   */
  private ProjectLocks.Turn enterToStop(
      String name,
      Set<String> services,
      Optional<Duration> grace,
      ProjectLocks.Kind kind,
      Progress progress,
      Cancellation cancellation) {
    List<Cancellation.Registration> hurried =
        units(name, services).map(unit -> unit.termination().hurry(grace)).toList();
    try {
      return enter(name, kind, progress, cancellation);
    } finally {
      hurried.forEach(Cancellation.Registration::close);
    }
  }

  /** Of the requests to end a command that stops containers, the first is answered, and the second leaves no more time. */
  private Cancellation.Registration forcedByTheSecond(
      Cancellation cancellation, String name, Set<String> services, Progress progress) {
    Registrations forced = new Registrations();
    Cancellation.Registration heard =
        cancellation.onRequest(
            () -> {
              if (cancellation.requests() == 1) {
                progress.warning("still stopping... (press Ctrl+C again to force)");
              } else if (cancellation.requests() > 1) {
                units(name, services).forEach(unit -> forced.add(() -> unit.termination().hurry(Optional.of(Duration.ZERO))));
              }
            });
    return () -> {
      heard.close();
      forced.close(); // a request may still be under way
    };
  }

  /** Those of a project, or of some of its services. */
  private Stream<Unit> units(String project, Set<String> services) {
    return units.all().stream()
        .filter(u -> u.record().project().equals(project))
        .filter(u -> services.isEmpty() || services.contains(u.record().service()));
  }

  private ProjectLocks.Turn enter(
      String name, ProjectLocks.Kind kind, Progress progress, Cancellation cancellation) {
    return locks.enter(
        name,
        kind,
        cancellation,
        () -> progress.warning(ProjectLocks.busy(name)));
  }
}

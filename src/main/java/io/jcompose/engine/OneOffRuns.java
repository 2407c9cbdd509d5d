package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.plan.Notice;
import io.jcompose.plan.Observed;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Planner;
import java.util.Optional;

/** Runs single commands in containers of their own, made like those of a service (SEMANTICS 3.1, 17). */
public final class OneOffRuns {
  private final Units units;
  private final Observer observer;
  private final Reconciler reconciler;
  private final ProjectLocks locks;
  private final Standalone standalone;

  OneOffRuns(Units units, Observer observer, Reconciler reconciler, ProjectLocks locks, Standalone standalone) {
    this.units = units;
    this.observer = observer;
    this.reconciler = reconciler;
    this.locks = locks;
    this.standalone = standalone;
  }

  /** What {@link #create} would do, as text; changes nothing. */
  public String plan(RunRequest request) {
    Project project = request.up().project();
    FileSourceCheck.check(project, request.up().images());
    Observed observed = observer.observe(project.name(), Optional.of(project));
    Plan images = Planner.images(project, observed, request.up().images());
    return images.toString() + Planner.run(project, observed, request.up().options(), request.oneOff());
  }

  /** Brings up what the command needs, and makes its container; returns the container's id. */
  public String create(RunRequest request, Progress progress, Cancellation cancellation) {
    Project project = request.up().project();
    FileSourceCheck.check(project, request.up().images());
    Runnable waiting = () -> progress.warning(ProjectLocks.busy(project.name()));
    try (ProjectLocks.Turn turn =
        locks.enter(project.name(), ProjectLocks.Kind.BRINGS_UP, cancellation, waiting)) {
      return turn.work(
          () -> create(request, project, reconciler.prepare(project, progress, cancellation, request.up().environment()), progress));
    }
  }

  private String create(RunRequest request, Project project, Reconciler.Run run, Progress progress) {
    Observed before = observer.observe(project.name(), Optional.of(project));
    run.carryOut(Planner.images(project, before, request.up().images()));
    Observed observed = observer.observe(project.name(), Optional.of(project));
    Plan plan = Planner.run(project, observed, request.up().options(), request.oneOff());
    plan.notices().stream().map(Notice::text).forEach(progress::warning);
    run.carryOutWithPorts(plan);
    Unit unit = units.find(request.oneOff().container());
    boolean inputOnce = request.streams().input() && !request.detach();
    unit.amendments().attach(
        record ->
            record.withLifetime(
                record.lifetime().withRemovedAtEnd(request.removedAtEnd()).withInputOnce(inputOnce)));
    return unit.record().id();
  }

  /**
   * Starts the container that {@link #create} made, and joins the caller to it until it has ended.
   *
   * @return the container's exit code; 0 when it was left running
   */
  public int start(String id, RunRequest request, Invocation invocation) {
    if (request.detach()) {
      standalone.start(id);
      return 0;
    }
    return standalone.startAttached(id, request.streams(), invocation);
  }
}

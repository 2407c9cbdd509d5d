package io.jcompose.engine;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Project;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code up --wait}: until every service runs or is healthy, or has completed where that is waited for. */
final class Readiness {
  private final Units units;
  private final Project project;
  private final Set<String> services;
  private final Timeline timeline;

  /**
   * @param services empty: all of the project
   */
  Readiness(Units units, Project project, Set<String> services, Timeline timeline) {
    this.units = units;
    this.project = project;
    this.services = services;
    this.timeline = timeline;
  }

  /** A piece of work that ends early when its cancellation is requested. */
  @FunctionalInterface
  interface Work {
    void run(Cancellation cancellation);
  }

  /**
   * Does {@code bringUp}, then waits.
   *
   * @param limit of both together
   */
  void within(Optional<Duration> limit, Work bringUp, Progress progress, Cancellation cancellation) {
    Cancellation ends = new Cancellation();
    Timers.Handle timer =
        limit.map(l -> units.timers().after(l.toMillis(), ends::request)).orElse(() -> {});
    try (Cancellation.Registration registration =
        cancellation.onRequest(
            () -> {
              if (cancellation.requested()) {
                ends.request();
              }
            })) {
      bringUp.run(ends);
      await(progress, ends);
    } catch (CancelledException e) {
      if (cancellation.requested()) {
        throw e;
      }
      String notReady =
          meant().stream().filter(u -> !ready(u)).map(Readiness::words).collect(Collectors.joining(", "));
      throw new EngineException(
          "application not healthy after " + limit.map(Duration::toSeconds).orElse(0L) + "s: " + notReady, e);
    } finally {
      timer.cancel();
    }
  }

  private void await(Progress progress, Cancellation ends) {
    Set<String> completing =
        project.services().values().stream()
            .flatMap(s -> s.dependsOn().values().stream())
            .filter(d -> d.condition() == Dependency.Condition.COMPLETED)
            .map(Dependency::service)
            .collect(Collectors.toSet());
    for (Unit unit : meant()) {
      boolean completes = completing.contains(unit.record().service());
      timeline.measure(
          "wait for",
          "container",
          unit.record().name() + (completes ? " to complete" : " to be ready"),
          () -> DependencyWait.awaitReady(unit, completes, progress, ends));
    }
  }

  private List<Unit> meant() {
    return units.ofProject(project.name()).stream()
        .filter(unit -> !unit.record().oneOff())
        .filter(
            unit -> {
              String service = unit.record().service();
              return services.isEmpty() ? project.services().containsKey(service) : services.contains(service);
            })
        .toList();
  }

  private static boolean ready(Unit unit) {
    boolean healthy = unit.health() == Health.NONE || unit.health() == Health.HEALTHY;
    return unit.status().state() == ContainerState.RUNNING && healthy;
  }

  private static String words(Unit unit) {
    ContainerState state = unit.status().state();
    return unit.record().name() + " is "
        + (state == ContainerState.RUNNING ? unit.health().name().toLowerCase(Locale.ROOT) : state.word());
  }
}

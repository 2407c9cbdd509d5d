package io.jcompose.engine;

import io.jcompose.compose.model.Dependency;
import io.jcompose.plan.Action;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Waiting for what a dependent needs, and saying why when it can't come true any more (SEMANTICS 3.1, 11). */
final class DependencyWait {
  private static final String CONTAINER = "Container";
  private static final int TAIL = 10;

  private DependencyWait() {}

  static void await(
      List<Unit> units, Action.AwaitDependency what, Progress progress, Cancellation cancellation) {
    if (units.isEmpty()) {
      throw new EngineException("service \"" + what.service() + "\" has no container to wait for");
    }
    if (what.condition() == Dependency.Condition.COMPLETED) {
      awaitCompleted(units.getFirst(), progress, cancellation);
    } else {
      units.forEach(unit -> awaitHealthy(unit, progress, cancellation));
    }
  }

  private static void awaitCompleted(Unit unit, Progress progress, Cancellation cancellation) {
    String name = unit.record().name();
    progress.step(CONTAINER, name, Progress.Phase.WORKING, "Waiting", "until it has completed");
    unit.await(u -> u.status().state() == ContainerState.EXITED || u.removed(), cancellation);
    int code = unit.status().exitCode();
    if (code != 0) {
      progress.step(CONTAINER, name, Progress.Phase.FAILED, "Error", "exited (" + code + ")");
      throw new EngineException(
          "service \"" + unit.record().service() + "\" didn't complete successfully: container "
              + name + " exited (" + code + ")" + LastWords.of(unit, TAIL));
    }
    progress.step(CONTAINER, name, Progress.Phase.DONE, "Exited", "");
  }

  private static void awaitHealthy(Unit unit, Progress progress, Cancellation cancellation) {
    String name = unit.record().name();
    if (unit.record().health() == null) {
      throw new EngineException(
          "container " + name + " has no healthcheck configured, but another service waits for it to"
              + " be healthy; give service \"" + unit.record().service() + "\" a healthcheck:, or wait"
              + " for condition: service_started");
    }
    String[] shown = {""};
    unit.await(
        u -> {
          String detail = lastProbe(u).orElse("for its first probe");
          if (u.status().state() == ContainerState.RUNNING && u.health() == Health.STARTING && !detail.equals(shown[0])) {
            shown[0] = detail;
            progress.step(CONTAINER, name, Progress.Phase.WORKING, "Waiting", detail);
          }
          return u.health() == Health.HEALTHY || u.health() == Health.UNHEALTHY || over(u);
        },
        cancellation);
    if (unit.health() == Health.HEALTHY) {
      progress.step(CONTAINER, name, Progress.Phase.DONE, "Healthy", "");
      return;
    }
    progress.step(CONTAINER, name, Progress.Phase.FAILED, "Error", word(unit));
    throw failure(unit);
  }

  /** {@code --wait}: running, healthy when it has a check, or completed where that is what others wait for. */
  static void awaitReady(Unit unit, boolean completes, Progress progress, Cancellation cancellation) {
    if (completes) {
      awaitCompleted(unit, progress, cancellation);
    } else if (unit.record().health() != null) {
      awaitHealthy(unit, progress, cancellation);
    } else if (over(unit)) {
      throw failure(unit);
    }
  }

  private static boolean over(Unit unit) {
    ContainerState state = unit.status().state();
    return state == ContainerState.EXITED || state == ContainerState.DEAD || unit.removed();
  }

  /** What the last probe said; empty before the first has ended. */
  static Optional<String> lastProbe(Unit unit) {
    return unit.healthMonitor()
        .map(HealthMonitor::results)
        .filter(results -> !results.isEmpty())
        .map(results -> "last probe: " + words(results.getLast()));
  }

  private static String words(HealthProbe probe) {
    String output = probe.output().strip().lines().findFirst().orElse("");
    String code = probe.exitCode() == -1 ? "timed out" : "exit " + probe.exitCode();
    return output.isEmpty() ? code : code + ", \"" + output + "\"";
  }

  private static String word(Unit unit) {
    return over(unit)
        ? "exited (" + unit.status().exitCode() + ")"
        : unit.health().name().toLowerCase(Locale.ROOT);
  }

  private static EngineException failure(Unit unit) {
    String name = unit.record().name();
    if (over(unit)) {
      return new EngineException(
          "container " + name + " exited (" + unit.status().exitCode() + ")"
              + (unit.status().oomKilled() ? " because it ran out of memory" : "")
              + LastWords.of(unit, TAIL));
    }
    return new EngineException("container " + name + " is unhealthy; " + lastProbe(unit).orElse("no probe has ended") + LastWords.of(unit, TAIL));
  }
}

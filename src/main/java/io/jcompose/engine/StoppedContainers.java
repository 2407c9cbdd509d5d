package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.volume.Volume;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Work on volumes while none of the containers that have them runs, and nobody can start one. */
final class StoppedContainers {
  private final ProjectLocks locks;

  StoppedContainers(ProjectLocks locks) {
    this.locks = locks;
  }

  /**
   * Runs {@code work} once it has the turn of the projects of the volumes and of the containers, and the containers' own.
   *
   * @param users the containers, looked for anew when others may have been made
   * @param restart whether those that run are stopped and afterwards started again; else none may run
   */
  void whileStopped(
      Collection<Volume> volumes, Supplier<List<Unit>> users, boolean restart, Progress progress, Runnable work) {
    List<String> names = volumes.stream().map(Volume::name).toList();
    TreeSet<String> projects =
        Stream.concat(volumes.stream().map(Volume::project), users.get().stream().map(u -> u.record().project()))
            .filter(p -> !p.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    inTurn(
        List.copyOf(projects),
        progress,
        () -> {
          List<Unit> owned = users.get().stream().sorted(Comparator.comparing(u -> u.record().id())).toList();
          exclusively(
              owned,
              () -> {
                if (!owned.containsAll(users.get())) {
                  throw new EngineException(used(names) + " by a new container; try again");
                }
                stopped(names, owned, restart, progress, work);
              });
        });
  }

  private void inTurn(List<String> projects, Progress progress, Runnable work) {
    if (projects.isEmpty()) {
      work.run();
      return;
    }
    String project = projects.getFirst();
    try (ProjectLocks.Turn turn =
        locks.enter(
            project,
            ProjectLocks.Kind.BRINGS_UP,
            new Cancellation(),
            () -> progress.warning(ProjectLocks.busy(project)))) {
      inTurn(projects.subList(1, projects.size()), progress, work);
    }
  }

  private static void exclusively(List<Unit> units, Runnable work) {
    if (units.isEmpty()) {
      work.run();
    } else {
      units.getFirst().exclusively(() -> exclusively(units.subList(1, units.size()), work));
    }
  }

  private static void stopped(
      List<String> names, List<Unit> users, boolean restart, Progress progress, Runnable work) {
    List<Unit> running = inOrder(users.stream().filter(u -> u.status().state().active()).toList());
    if (!running.isEmpty() && !restart) {
      String who = running.stream().map(u -> u.record().name()).sorted().collect(Collectors.joining(", "));
      throw new EngineException(
          used(names) + " by " + who + ", which must not run meanwhile; stop them, or say --restart");
    }
    List<Unit> stopped = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    try {
      for (Unit unit : running.reversed()) {
        said(progress, unit, "Stopping", "Stopped", () -> unit.termination().stop(Optional.empty()));
        stopped.addFirst(unit);
      }
      work.run();
    } catch (RuntimeException e) {
      failures.add(e);
    }
    for (Unit unit : stopped) {
      try {
        said(progress, unit, "Starting", "Started", unit.supervisor()::start);
      } catch (RuntimeException e) {
        progress.step("Container", unit.record().name(), Progress.Phase.FAILED, "Error", String.valueOf(e.getMessage()));
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  private static String used(List<String> names) {
    return String.join(", ", names) + (names.size() == 1 ? " is" : " are") + " in use";
  }

  /** Each after those of the same project that it depends on. */
  private static List<Unit> inOrder(List<Unit> units) {
    List<Unit> ordered = new ArrayList<>();
    units.forEach(unit -> add(unit, units, new ArrayList<>(), ordered));
    return ordered;
  }

  private static void add(Unit unit, List<Unit> units, List<Unit> above, List<Unit> ordered) {
    if (ordered.contains(unit) || above.contains(unit)) {
      return;
    }
    above.add(unit);
    ContainerRecord record = unit.record();
    units.stream()
        .filter(other -> other.record().project().equals(record.project()))
        .filter(other -> record.dependsOn().stream().anyMatch(d -> d.service().equals(other.record().service())))
        .forEach(other -> add(other, units, above, ordered));
    ordered.add(unit);
  }

  private static void said(Progress progress, Unit unit, String doing, String done, Runnable work) {
    String name = unit.record().name();
    progress.step("Container", name, Progress.Phase.WORKING, doing, "");
    work.run();
    progress.step("Container", name, Progress.Phase.DONE, done, "");
  }
}

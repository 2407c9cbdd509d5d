package io.jcompose.engine;

import io.jcompose.container.cgroup.Limits;
import io.jcompose.engine.state.ContainerRecord;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Changes what is recorded of one container; if it runs, it follows at once. */
final class Amendments {
  private final Unit unit;
  private final Starter starter;

  Amendments(Unit unit, Starter starter) {
    this.unit = unit;
    this.starter = starter;
  }

  /** Changes what it may use and when it is started again, at once; returns warnings for the user. */
  List<String> update(ContainerUpdate update) {
    unit.operation().lock();
    try {
      ContainerRecord before = unit.record();
      Limits limits = update.applied(before.spec().limits());
      List<String> warnings =
          unit.status().state().hasProcess() ? starter.cgroups().update(before.id(), limits) : List.of();
      unit.set(
          before.withSpec(before.spec().withLimits(limits)).withRestart(update.restart().orElse(before.restart())));
      unit.publish(Event.Kind.UPDATE, Map.of());
      return warnings;
    } finally {
      unit.operation().unlock();
    }
  }

  void rename(String name) {
    String before = unit.record().name();
    unit.operation().lock();
    try {
      unit.set(Renaming.to(unit.record(), name));
      unit.live().ifPresent(live -> live.renamed(unit.record()));
      unit.publish(Event.Kind.RENAME, Map.of("oldName", before));
    } finally {
      unit.operation().unlock();
    }
  }

  /**
   * Changes its attachments: when it runs, its interfaces, names and ports follow, or nothing is changed.
   *
   * @param change makes the new record of the one that it has when its turn comes
   */
  void attach(UnaryOperator<ContainerRecord> change) {
    unit.operation().lock();
    try {
      ContainerRecord before = unit.record();
      if (unit.removed()) {
        throw new EngineException("No such container: " + before.name());
      }
      ContainerRecord changed = change.apply(before);
      unit.set(changed);
      try {
        unit.live().ifPresent(live -> live.attach(changed));
      } catch (RuntimeException e) {
        unit.set(before);
        throw e;
      }
    } finally {
      unit.operation().unlock();
    }
  }
}

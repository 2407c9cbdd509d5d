package io.jcompose.build;

import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which stages are to be made anew, and which use what those made: of the latter, the keys by steps
 * say nothing, since the same steps may have come to something else.
 */
final class Freshness {
  private final boolean all;
  private final Set<String> stages;
  private final Map<StagePlan, Boolean> moved = new IdentityHashMap<>();

  /**
   * @param all whether everything is made anew
   * @param stages titles of those that are
   */
  Freshness(boolean all, Set<String> stages) {
    this.all = all;
    this.stages = stages;
  }

  /** Whether nothing of this stage is taken from the cache. */
  boolean isFresh(StagePlan plan) {
    return all
        || stages.contains(plan.title())
        || plan.base() instanceof Base.OfStage base && isMoved(base.plan());
  }

  /** Whether this stage is, or uses, one that is made anew. */
  synchronized boolean isMoved(StagePlan plan) {
    if (!all && stages.isEmpty()) {
      return false;
    }
    Boolean known = moved.get(plan);
    if (known == null) {
      known =
          isFresh(plan)
              || plan.steps().stream()
                  .flatMap(step -> StageExecutor.origins(step.action()).stream())
                  .anyMatch(this::isMoved);
      moved.put(plan, known);
    }
    return known;
  }

  boolean isMoved(Origin origin) {
    return origin instanceof Origin.OfStage stage && isMoved(stage.plan());
  }
}

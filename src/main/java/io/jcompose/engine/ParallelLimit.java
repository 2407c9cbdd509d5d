package io.jcompose.engine;

import java.util.Map;

/** {@code COMPOSE_PARALLEL_LIMIT}: how many steps of a plan may be under way at the same time. */
final class ParallelLimit {
  private static final String VARIABLE = "COMPOSE_PARALLEL_LIMIT";

  private ParallelLimit() {}

  static int of(Map<String, String> environment) {
    String text = environment.getOrDefault(VARIABLE, "");
    if (text.isEmpty()) {
      return PlanRunner.PARALLEL;
    }
    try {
      int limit = Integer.parseInt(text.strip());
      return limit <= 0 ? Integer.MAX_VALUE : limit;
    } catch (NumberFormatException e) {
      throw new EngineException(
          VARIABLE + " must be an integer (found: \"" + text + "\"); -1 means no limit", e);
    }
  }
}

package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.plan.Orphans;
import java.util.List;
import java.util.Locale;

/** What happens to containers without a service: by {@code --remove-orphans} and the environment. */
final class OrphanChoice {
  private OrphanChoice() {}

  static Orphans of(CommandContext context, boolean removeOrphans) {
    boolean remove = removeOrphans || truth(context, "COMPOSE_REMOVE_ORPHANS");
    boolean ignore = truth(context, "COMPOSE_IGNORE_ORPHANS");
    if (remove && ignore) {
      throw new EngineException(
          "COMPOSE_IGNORE_ORPHANS and " + (removeOrphans ? "--remove-orphans" : "COMPOSE_REMOVE_ORPHANS")
              + " exclude each other; take one of them away");
    }
    return remove ? Orphans.REMOVE : ignore ? Orphans.IGNORE : Orphans.WARN;
  }

  /** Whether a variable of the caller's says yes. */
  static boolean truth(CommandContext context, String variable) {
    String value = context.invocation().environment().getOrDefault(variable, "");
    return List.of("1", "true", "yes", "on", "t", "y").contains(value.toLowerCase(Locale.ROOT));
  }
}

package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.EngineException;
import java.util.List;
import java.util.function.Consumer;

/** A verb over several containers: each is tried, whatever became of the others, until an end is asked for. */
final class EachContainer {
  private EachContainer() {}

  /** Prints the name of each that it worked for; returns 1 when it failed for one. */
  static int named(CommandContext context, List<String> names, Consumer<String> verb) {
    return tried(
        context,
        names,
        name -> {
          verb.accept(name);
          context.out().println(name);
        });
  }

  /** As {@link #named}, where the verb prints itself. */
  static int tried(CommandContext context, List<String> names, Consumer<String> verb) {
    int code = 0;
    Cancellation cancellation = context.invocation().cancellation();
    for (String name : names) {
      cancellation.check();
      try {
        verb.accept(name);
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    cancellation.check();
    return code;
  }
}

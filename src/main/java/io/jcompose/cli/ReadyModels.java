package io.jcompose.cli;

import io.jcompose.engine.Invocation;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Runs commands with models that were made before they were called: to read a command's flags from its class takes
 * longer than most commands do. When one has run, its model is kept for the next call, or one is made.
 */
final class ReadyModels {
  private static final int MOST = 8;

  private final Function<CommandName, CommandModel> make;
  private final Executor worker;
  private final SequencedMap<CommandName, CommandModel> ready = new LinkedHashMap<>();

  /**
   * @param worker makes models while nobody waits for them
   */
  ReadyModels(Function<CommandName, CommandModel> make, Executor worker) {
    this.make = make;
    this.worker = worker;
  }

  /** Runs the invocation to its end and returns its exit code. */
  int run(Invocation invocation) {
    CommandName name = Commands.name(invocation.arguments());
    CommandModel model = take(name).orElseGet(() -> make.apply(name));
    try {
      return Commands.run(invocation, model);
    } finally {
      model.context().leave();
      if (model.reusable()) {
        put(model);
      } else {
        worker.execute(() -> put(make.apply(name)));
      }
    }
  }

  private synchronized Optional<CommandModel> take(CommandName name) {
    return Optional.ofNullable(ready.remove(name));
  }

  private synchronized void put(CommandModel model) {
    ready.remove(model.name());
    ready.put(model.name(), model);
    if (ready.size() > MOST) {
      ready.pollFirstEntry();
    }
  }
}

package io.jcompose.engine;

import java.util.ArrayList;
import java.util.List;

/** What was made so far, to be unmade in reverse when something fails. */
final class Undo {
  private final List<Runnable> steps = new ArrayList<>();

  void add(Runnable step) {
    steps.add(step);
  }

  /** Tries every step; what fails on the way is told with {@code cause}. */
  void run(RuntimeException cause) {
    for (Runnable step : steps.reversed()) {
      try {
        step.run();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }
}

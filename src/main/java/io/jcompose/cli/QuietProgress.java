package io.jcompose.cli;

import io.jcompose.engine.Progress;
import java.util.Set;

/** Progress without that of pulls, or the output of builds; failures and warnings are shown all the same. */
record QuietProgress(Progress to, boolean pulls, boolean builds) implements Progress {
  private static final Set<String> OF_PULLS = Set.of("Image", "Layer");

  @Override
  public void step(String kind, String name, Phase phase, String word, String detail) {
    boolean fine = phase == Phase.WORKING || phase == Phase.DONE;
    if (!(pulls && fine && OF_PULLS.contains(kind))) {
      to.step(kind, name, phase, word, detail);
    }
  }

  @Override
  public void output(String kind, String name, String line) {
    if (!builds) {
      to.output(kind, name, line);
    }
  }

  @Override
  public void warning(String text) {
    to.warning(text);
  }
}

package io.jcompose.engine;

import io.jcompose.build.BuildListener;
import io.jcompose.build.BuildStep;
import java.util.Locale;

/** A build's steps as progress of its image. */
record BuildProgress(String image, Progress progress) implements BuildListener {
  private static final String IMAGE = "Image";

  @Override
  public void warning(String message) {
    progress.warning(message);
  }

  @Override
  public void started(BuildStep step) {
    progress.step(IMAGE, image, Progress.Phase.WORKING, "Building", step.title());
    output(step, step.title());
  }

  @Override
  public void output(BuildStep step, String line) {
    progress.output(IMAGE, image, "#" + step.number() + " " + line);
  }

  @Override
  public void cached(BuildStep step) {
    output(step, step.title() + " CACHED");
  }

  @Override
  public void done(BuildStep step, long millis) {
    progress.output(
        IMAGE, image, String.format(Locale.ROOT, "#%d DONE %.1fs", step.number(), millis / 1000.0));
  }

  /** The lines of the Dockerfile and the last output come with the build's own error. */
  @Override
  public void failed(BuildStep step, String message) {
    output(step, "ERROR " + message.lines().findFirst().orElse(""));
  }
}

package io.jcompose.build;

/** Hears how a build goes on. Calls come from the build's own thread, but output from any. */
public interface BuildListener {
  /** Hears nothing. */
  BuildListener NONE = new BuildListener() {};

  /** Something is not wrong but probably not meant; {@code message} begins with its place. */
  default void warning(String message) {}

  default void started(BuildStep step) {}

  /** A line of the step's output, or the rest of one at its end; without the newline. */
  default void output(BuildStep step, String line) {}

  /** The step's result was in the cache. Nothing else is said of such a step. */
  default void cached(BuildStep step) {}

  default void done(BuildStep step, long millis) {}

  default void failed(BuildStep step, String message) {}
}

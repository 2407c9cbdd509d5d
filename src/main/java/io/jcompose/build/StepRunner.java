package io.jcompose.build;

/**
 * Runs one step in a container. The engine fills this in: a build knows nothing of namespaces and
 * networks.
 */
public interface StepRunner {
  /**
   * Runs the step to its end and returns the exit code of its program. When this returns nothing of
   * the container is left: no process, and the overlay over {@link StepSpec#writable} is unmounted.
   * Mount points that the runner makes, empty files and folders, may stay in {@code upper}. A
   * cancelled step is killed, and any exit code returned.
   */
  int run(StepSpec step, StepOutput output, Cancellation cancellation);
}

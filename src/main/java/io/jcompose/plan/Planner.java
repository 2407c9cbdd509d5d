package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import java.util.Optional;
import java.util.Set;

/**
 * Says what has to be done so that what is there becomes what is wanted, for every verb. Pure: the
 * same project and snapshot give the same plan.
 *
 * <p>{@code up} has two phases. {@link #images} says what has to be pulled or built; when that is
 * done, {@link Observed#withImages} tells {@link #up} which image each reference means now, and so
 * which containers are out of date. For a dry run, {@code up} may be asked without.
 *
 * <p>Without a Compose file, {@link RecordedProject#of} stands in for the project: what the
 * containers themselves remember is enough for all verbs but {@code up}.
 */
public final class Planner {
  private Planner() {}

  /**
   * Which images have to be pulled or built.
   *
   * @throws PlanException if one is missing and may be neither pulled nor built
   */
  public static Plan images(Project project, Observed observed, ImageOptions options) {
    return new ImagePlanner(project, observed, options).plan();
  }

  /**
   * Builds the images of {@code services}, or of all, that have a build section, and before them
   * those that they are made from.
   *
   * @param withDependencies whether images of what they depend on are built, too
   */
  public static Plan builds(Project project, Set<String> services, boolean withDependencies) {
    ImageOptions options =
        new ImageOptions(services, withDependencies, ImageOptions.Build.ALWAYS, Optional.empty());
    return new ImagePlanner(project, Observed.nothing(project.name()), options).builds();
  }

  /**
   * What {@code up}, {@code create} and {@code scale} do.
   *
   * <p>As in Docker Compose, everything that does not run is started, also what has run to its end
   * with code 0.
   *
   * @throws PlanException if a service, external network or external volume does not exist, or a
   *     {@code container_name} is asked to serve two containers
   */
  public static Plan up(Project project, Observed observed, UpOptions options) {
    return new UpPlanner(project, observed, options, Optional.empty()).plan();
  }

  /**
   * What {@code run} does before the new container is started: what its service depends on is
   * brought up and waited for, its networks and volumes are made, and then the container.
   *
   * @param project with the service as the command line wants it for this one container
   * @param options their services and scale make no difference here
   * @throws PlanException as {@link #up}
   */
  public static Plan run(Project project, Observed observed, UpOptions options, OneOff oneOff) {
    Selection.check(project, Set.of(oneOff.service()));
    return new UpPlanner(project, observed, options, Optional.of(oneOff)).plan();
  }

  /**
   * What {@code down} does.
   *
   * @throws PlanException if a service named does not exist
   */
  public static Plan down(Project project, Observed observed, DownOptions options) {
    return new Teardown(project, observed, options).plan();
  }

  /**
   * What {@code stop} does.
   *
   * @throws PlanException if a service named does not exist
   */
  public static Plan stop(Project project, Observed observed, StopOptions options) {
    return new Lifecycle(project, observed).stop(options);
  }

  /**
   * What {@code start} does; dependencies of the services named are started too.
   *
   * @param services the services named; empty: all of the project
   * @throws PlanException if one of them does not exist or has no container
   */
  public static Plan start(Project project, Observed observed, Set<String> services) {
    return new Lifecycle(project, observed).start(services);
  }

  /**
   * What {@code restart} does. It takes containers as they are, and notices say which edits of the
   * file it does not apply.
   *
   * @throws PlanException if a service named does not exist or has no container
   */
  public static Plan restart(Project project, Observed observed, RestartOptions options) {
    return new Lifecycle(project, observed).restart(options);
  }

  /**
   * What {@code kill} does.
   *
   * @param services the services named; empty: all of the project
   * @param signal as the user wrote it
   * @throws PlanException if a service named does not exist
   */
  public static Plan kill(
      Project project, Observed observed, Set<String> services, String signal) {
    return new Lifecycle(project, observed).kill(services, signal);
  }

  /**
   * What {@code pause} does.
   *
   * @param services the services named; empty: all of the project
   * @throws PlanException if a service named does not exist
   */
  public static Plan pause(Project project, Observed observed, Set<String> services) {
    return new Lifecycle(project, observed).pause(services);
  }

  /**
   * What {@code unpause} does.
   *
   * @param services the services named; empty: all of the project
   * @throws PlanException if a service named does not exist
   */
  public static Plan unpause(Project project, Observed observed, Set<String> services) {
    return new Lifecycle(project, observed).unpause(services);
  }

  /**
   * What {@code rm} does.
   *
   * @throws PlanException if a service named does not exist
   */
  public static Plan remove(Project project, Observed observed, RemoveOptions options) {
    return new Lifecycle(project, observed).remove(options);
  }
}

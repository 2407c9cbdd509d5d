package io.jcompose.plan;

import java.util.Optional;
import java.util.Set;

/**
 * What a verb was asked for about images.
 *
 * @param services the services named; empty: all of the project
 * @param withDependencies whether images of what they depend on are needed too
 * @param build when images are built
 * @param pull the policy in place of each service's own: {@code always}, {@code missing}, {@code
 *     never}
 */
public record ImageOptions(
    Set<String> services, boolean withDependencies, Build build, Optional<String> pull) {

  /** When images are built. */
  public enum Build {
    /** Where they are missing. */
    MISSING,
    /** Always: {@code --build}. */
    ALWAYS,
    /** Not even then: {@code --no-build}. */
    NEVER
  }

  /** As a plain {@code up} asks. */
  public static final ImageOptions DEFAULT =
      new ImageOptions(Set.of(), true, Build.MISSING, Optional.empty());

  public ImageOptions {
    services = Set.copyOf(services);
  }
}

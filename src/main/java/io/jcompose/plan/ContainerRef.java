package io.jcompose.plan;

/**
 * A container that a step is about: one that exists, or one that an earlier step of the same plan
 * makes. The name is the final one and is what ties such steps together.
 *
 * @param service its service, empty if none is recorded
 * @param number its number within the service, 0 for a one-off container
 * @param name its final name
 * @param id its id, empty if the plan itself makes it
 */
public record ContainerRef(String service, int number, String name, String id) {

  static ContainerRef of(ObservedContainer container) {
    return new ContainerRef(
        container.service(), container.number(), container.name(), container.id());
  }

  /** Whether it exists before the plan runs. */
  public boolean exists() {
    return !id.isEmpty();
  }
}

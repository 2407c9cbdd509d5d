package io.jcompose.plan;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One snapshot of what a project has at a moment. The planner knows nothing else of the world.
 *
 * @param project the project's name
 * @param taken when the snapshot was taken; the planner's only clock
 * @param containers all containers of the project, one-off ones too
 * @param networks the project's networks, and the external ones that its file names
 * @param volumes the project's named volumes, and the external ones that its file names
 * @param images what the store has for the image references of the project's services
 */
public record Observed(
    String project,
    Instant taken,
    List<ObservedContainer> containers,
    List<ObservedNetwork> networks,
    List<ObservedVolume> volumes,
    Map<String, ObservedImage> images) {

  public Observed {
    containers = List.copyOf(containers);
    networks = List.copyOf(networks);
    volumes = List.copyOf(volumes);
    images = Map.copyOf(images);
  }

  /** Nothing is there yet. */
  public static Observed nothing(String project) {
    return new Observed(project, Instant.EPOCH, List.of(), List.of(), List.of(), Map.of());
  }

  /** The same snapshot with other images: what an image plan has brought. */
  public Observed withImages(Map<String, ObservedImage> images) {
    return new Observed(project, taken, containers, networks, volumes, images);
  }
}

package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A container of the project, as it was at the moment of the snapshot.
 *
 * @param id the full id
 * @param name its name now; while it is being put in another's place, a temporary one
 * @param service the service that it was made for, empty if none is recorded
 * @param number its number within the service, from 1; 0 for a one-off container
 * @param oneOff whether {@code run} made it
 * @param state what it does
 * @param health what its health check says
 * @param exitCode the code of its last exit; meaningful in state {@code EXITED} only
 * @param config the settings that it was made from, {@link Config#NONE} if not recorded
 * @param imageId the image that it was made from
 * @param networks keys of the project's networks that it is attached to, with the network's id
 * @param volumes what is mounted in it, by target path: named and anonymous volumes only
 * @param namespaceOwners ids of the containers whose namespaces or volumes it shares
 * @param dependsOn the dependencies recorded when it was made, for when no file is at hand
 * @param replaces id of the container whose place it was made to take, empty if none
 */
public record ObservedContainer(
    String id,
    String name,
    String service,
    int number,
    boolean oneOff,
    ContainerState state,
    Health health,
    int exitCode,
    Config config,
    String imageId,
    Map<String, String> networks,
    Map<String, MountedVolume> volumes,
    Set<String> namespaceOwners,
    List<Dependency> dependsOn,
    String replaces) {

  public ObservedContainer {
    networks = Map.copyOf(networks);
    volumes = Map.copyOf(volumes);
    namespaceOwners = Set.copyOf(namespaceOwners);
    dependsOn = List.copyOf(dependsOn);
  }

  ObservedContainer withName(String name) {
    return new ObservedContainer(
        id,
        name,
        service,
        number,
        oneOff,
        state,
        health,
        exitCode,
        config,
        imageId,
        networks,
        volumes,
        namespaceOwners,
        dependsOn,
        replaces);
  }

  /**
   * A volume in a container.
   *
   * @param name the volume's name
   * @param anonymous whether nobody named it: it belongs to the container
   */
  public record MountedVolume(String name, boolean anonymous) {}
}

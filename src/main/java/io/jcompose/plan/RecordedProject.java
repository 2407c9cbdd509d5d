package io.jcompose.plan;

import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.SourceMap;
import io.jcompose.compose.model.VolumeSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A project as its containers, networks and volumes remember it, for when no file is at hand. */
public final class RecordedProject {
  private RecordedProject() {}

  /**
   * Enough of the project to plan {@code down}, {@code stop}, {@code start}, {@code restart},
   * {@code kill} and {@code rm}: its services with their dependencies, its networks and volumes.
   *
   * @param observed a snapshot with the project's own networks and volumes
   */
  public static Project of(Observed observed) {
    Map<String, ServiceBuilder> builders = new TreeMap<>();
    for (ObservedContainer container : observed.containers()) {
      ServiceBuilder service =
          builders.computeIfAbsent(container.service(), name -> Service.builder(name).replicas(0));
      container.dependsOn().forEach(service::dependsOn);
    }
    Map<String, Service> services = new TreeMap<>();
    builders.forEach((name, builder) -> services.put(name, builder.build()));
    Map<String, NetworkSpec> networks = new TreeMap<>();
    observed.networks().stream()
        .filter(network -> network.project().equals(observed.project()))
        .forEach(n -> networks.put(n.name(), NetworkSpec.of(n.name(), n.name())));
    Map<String, VolumeSpec> volumes = new TreeMap<>();
    observed.volumes().stream()
        .filter(volume -> volume.project().equals(observed.project()))
        .forEach(v -> volumes.put(v.name(), VolumeSpec.of(v.name(), v.name())));
    return new Project(
        observed.project(),
        Path.of("/"),
        List.of(),
        List.of(),
        Map.of(),
        services,
        Map.of(),
        networks,
        volumes,
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        SourceMap.EMPTY);
  }
}

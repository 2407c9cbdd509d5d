package io.jcompose.engine;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.compile.AttachmentCompiler;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.network.Network;
import io.jcompose.plan.Config;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Observed;
import io.jcompose.plan.ObservedContainer;
import io.jcompose.plan.ObservedImage;
import io.jcompose.plan.ObservedNetwork;
import io.jcompose.plan.ObservedVolume;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Takes the snapshot that a plan is made from. */
final class Observer {
  private final Units units;
  private final ProjectNetworks networks;
  private final Volumes volumes;
  private final ImageStore images;

  Observer(Units units, ProjectNetworks networks, Volumes volumes, ImageStore images) {
    this.units = units;
    this.networks = networks;
    this.volumes = volumes;
    this.images = images;
  }

  /**
   * @param file the project's model; without one, networks and volumes are those that carry its name
   */
  Observed observe(String project, Optional<Project> file) {
    List<ObservedContainer> containers =
        units.ofProject(project).stream().map(unit -> container(unit, file)).toList();
    return new Observed(
        project,
        Instant.now(),
        containers,
        networks(project, file),
        volumes(project, file),
        file.map(this::images).orElse(Map.of()));
  }

  private ObservedContainer container(Unit unit, Optional<Project> file) {
    ContainerRecord record = unit.record();
    Map<String, String> attached = new HashMap<>();
    for (Attachment attachment : record.attachments()) {
      attached.put(attachment.key().isEmpty() ? attachment.network() : attachment.key(), attachment.network());
    }
    // The networks host and none are no places; being on one is a mode.
    file.ifPresent(
        f ->
            f.networks().values().stream()
                .filter(n -> n.external() && n.name().equals(record.networkMode()))
                .forEach(n -> attached.put(n.key(), n.name())));
    return new ObservedContainer(
        record.id(),
        record.name(),
        record.service(),
        record.number(),
        record.oneOff(),
        unit.status().state(),
        unit.health(),
        unit.status().state() == ContainerState.EXITED ? unit.status().exitCode() : 0,
        new Config(new TreeMap<>(record.config())),
        record.imageId(),
        attached,
        record.volumes(),
        record.namespaceOwners(),
        record.dependsOn(),
        record.replaces());
  }

  private List<ObservedNetwork> networks(String project, Optional<Project> file) {
    Set<String> named = new HashSet<>();
    file.ifPresent(f -> f.networks().values().forEach(n -> named.add(n.name())));
    List<ObservedNetwork> all = new ArrayList<>();
    for (String name : AttachmentCompiler.PREDEFINED) {
      if (named.contains(name)) {
        all.add(new ObservedNetwork(networks.idOf(name).orElseThrow(), name, "", "", Config.NONE));
      }
    }
    for (Network network : networks.list()) {
      if (ProjectNetworks.project(network).equals(project) || named.contains(network.name())) {
        if (network.id().equals(DefaultBridge.ID)) {
          continue;
        }
        all.add(
            new ObservedNetwork(
                network.id(),
                network.name(),
                ProjectNetworks.project(network),
                ProjectNetworks.key(network),
                ProjectNetworks.settings(network)));
      }
    }
    return all;
  }

  private List<ObservedVolume> volumes(String project, Optional<Project> file) {
    Set<String> named = new HashSet<>();
    file.ifPresent(f -> f.volumes().values().forEach(v -> named.add(v.name())));
    List<ObservedVolume> all = new ArrayList<>();
    for (Volume volume : volumes.list()) {
      boolean ours = volume.project().equals(project) && !volume.anonymous();
      if (ours || named.contains(volume.name())) {
        all.add(
            new ObservedVolume(
                volume.name(),
                volume.project(),
                volume.key(),
                new Config(new TreeMap<>(volume.config()))));
      }
    }
    return all;
  }

  private Map<String, ObservedImage> images(Project project) {
    Map<String, ObservedImage> found = new HashMap<>();
    for (Service service : project.services().values()) {
      observe(service.image().orElse(project.name() + "-" + service.name()), found);
      for (Mount mount : service.storage().mounts()) {
        if (mount instanceof Mount.Image image) {
          observe(image.image(), found);
        }
      }
    }
    return found;
  }

  private void observe(String reference, Map<String, ObservedImage> found) {
    ImageReference name = ImageReference.parse(reference);
    images
        .find(name)
        .ifPresent(
            image ->
                found.put(
                    reference,
                    new ObservedImage(
                        image.id().toString(), images.names().updated(name).orElse(Instant.EPOCH))));
  }
}

package io.jcompose.engine.state;

import io.jcompose.compose.model.Dependency;
import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Mount;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a container was made from; changes only when the container is renamed.
 *
 * @param spec what the runtime makes it of
 * @param service empty: made for no service
 * @param number within its service, from 1; 0: one-off
 * @param created milliseconds since the epoch
 * @param config the service's settings, path → value; a later plan compares with them
 * @param image the reference as the file names it
 * @param networkMode empty: attached to networks; none, host, or container
 * @param networkOwner id or name of the container whose network namespace it shares, with mode container
 * @param links names that only this container has for others: alias → name
 * @param health null: no check
 * @param volumes what is mounted in it by target: named and anonymous volumes
 * @param extraHosts lines {@code address name} of /etc/hosts
 * @param replaces id of the container whose place it was made to take; empty: none
 * @param lifetime hooks, and whether it goes when it has ended
 */
public record ContainerRecord(
    ContainerSpec spec,
    String project,
    String service,
    int number,
    boolean oneOff,
    long created,
    Map<String, String> config,
    String image,
    String imageId,
    String networkMode,
    String networkOwner,
    List<Attachment> attachments,
    Map<String, String> links,
    List<PublishedPort> ports,
    List<String> exposed,
    HealthSpec health,
    RestartSpec restart,
    Map<String, MountedVolume> volumes,
    List<Dependency> dependsOn,
    Set<String> namespaceOwners,
    List<String> extraHosts,
    List<String> dns,
    List<String> dnsSearch,
    List<String> dnsOptions,
    String projectDirectory,
    List<String> configFiles,
    String replaces,
    Lifetime lifetime) {

  public ContainerRecord {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(project, "project");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(imageId, "imageId");
    Objects.requireNonNull(networkMode, "networkMode");
    Objects.requireNonNull(networkOwner, "networkOwner");
    Objects.requireNonNull(restart, "restart");
    Objects.requireNonNull(projectDirectory, "projectDirectory");
    Objects.requireNonNull(replaces, "replaces");
    lifetime = lifetime == null ? Lifetime.PLAIN : lifetime;
    config = Map.copyOf(config);
    attachments = List.copyOf(attachments);
    links = Map.copyOf(links);
    ports = List.copyOf(ports);
    exposed = List.copyOf(exposed);
    volumes = Map.copyOf(volumes);
    dependsOn = List.copyOf(dependsOn);
    namespaceOwners = Set.copyOf(namespaceOwners);
    extraHosts = List.copyOf(extraHosts);
    dns = List.copyOf(dns);
    dnsSearch = List.copyOf(dnsSearch);
    dnsOptions = List.copyOf(dnsOptions);
    configFiles = List.copyOf(configFiles);
  }

  public String id() {
    return spec.id();
  }

  public String name() {
    return spec.name();
  }

  /** The ids of the images that it needs: its own, and those that are mounted in it. */
  public Set<String> images() {
    Set<String> ids = new HashSet<>(Set.of(imageId));
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Image image) {
        ids.add(image.id());
      }
    }
    return ids;
  }

  public ContainerRecord withSpec(ContainerSpec changed) {
    return new ContainerRecord(
        changed, project, service, number, oneOff, created, config, image, imageId, networkMode,
        networkOwner, attachments, links, ports, exposed, health, restart, volumes, dependsOn,
        namespaceOwners, extraHosts, dns, dnsSearch, dnsOptions, projectDirectory, configFiles,
        replaces, lifetime);
  }

  public ContainerRecord withRestart(RestartSpec changed) {
    return new ContainerRecord(
        spec, project, service, number, oneOff, created, config, image, imageId, networkMode,
        networkOwner, attachments, links, ports, exposed, health, changed, volumes, dependsOn,
        namespaceOwners, extraHosts, dns, dnsSearch, dnsOptions, projectDirectory, configFiles,
        replaces, lifetime);
  }

  public ContainerRecord withAttachments(List<Attachment> changed) {
    return new ContainerRecord(
        spec, project, service, number, oneOff, created, config, image, imageId, networkMode,
        networkOwner, changed, links, ports, exposed, health, restart, volumes, dependsOn,
        namespaceOwners, extraHosts, dns, dnsSearch, dnsOptions, projectDirectory, configFiles,
        replaces, lifetime);
  }

  public ContainerRecord withLifetime(Lifetime changed) {
    return new ContainerRecord(
        spec, project, service, number, oneOff, created, config, image, imageId, networkMode,
        networkOwner, attachments, links, ports, exposed, health, restart, volumes, dependsOn,
        namespaceOwners, extraHosts, dns, dnsSearch, dnsOptions, projectDirectory, configFiles,
        replaces, changed);
  }
}

package io.jcompose.compose.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a set of Compose files means once everything is merged, resolved and checked.
 *
 * <p>All maps are immutable and iterate in the order of their keys.
 *
 * @param name the project's name, {@code [a-z0-9][a-z0-9_-]*}
 * @param directory absolute; relative paths of the files were resolved against it
 * @param files the Compose files, absolute, in the order in which they were merged
 * @param envFiles the files that the variables for interpolation came from, absolute
 * @param environment the variables for interpolation: the caller's, then those of {@code envFiles}
 * @param services the active services by name
 * @param disabledServices services that no active profile enables, with the profiles that would
 * @param networks by key; only those that an active service uses
 * @param volumes by key; only those that an active service uses
 * @param configs by key; only those that an active service uses
 * @param secrets by key; only those that an active service uses
 * @param models by key; only those that an active service uses
 * @param profiles the profiles that were asked for
 * @param marks where each value was written; takes no part in {@code equals}
 */
public record Project(
    String name,
    Path directory,
    List<Path> files,
    List<Path> envFiles,
    Map<String, String> environment,
    Map<String, Service> services,
    Map<String, List<String>> disabledServices,
    Map<String, NetworkSpec> networks,
    Map<String, VolumeSpec> volumes,
    Map<String, ConfigSpec> configs,
    Map<String, SecretSpec> secrets,
    Map<String, ModelSpec> models,
    List<String> profiles,
    SourceMap marks) {

  public Project {
    files = List.copyOf(files);
    envFiles = List.copyOf(envFiles);
    environment = Maps.sorted(environment);
    services = Maps.sorted(services);
    disabledServices = Maps.sorted(disabledServices);
    networks = Maps.sorted(networks);
    volumes = Maps.sorted(volumes);
    configs = Maps.sorted(configs);
    secrets = Maps.sorted(secrets);
    models = Maps.sorted(models);
    profiles = List.copyOf(profiles);
  }

  /** The active service of this name. */
  public Optional<Service> service(String service) {
    return Optional.ofNullable(services.get(service));
  }

  /** The same without a name: what it describes belongs to no project. */
  public Project nameless() {
    return new Project(
        "",
        directory,
        files,
        envFiles,
        environment,
        services,
        disabledServices,
        networks,
        volumes,
        configs,
        secrets,
        models,
        profiles,
        marks);
  }

  /** The same with this service in place of the one of its name. */
  public Project withService(Service changed) {
    Map<String, Service> all = new TreeMap<>(services);
    all.put(changed.name(), changed);
    return new Project(
        name,
        directory,
        files,
        envFiles,
        environment,
        all,
        disabledServices,
        networks,
        volumes,
        configs,
        secrets,
        models,
        profiles,
        marks);
  }

  /** The same, with these volumes too. */
  public Project withVolumes(Map<String, VolumeSpec> more) {
    Map<String, VolumeSpec> all = new TreeMap<>(volumes);
    all.putAll(more);
    return new Project(
        name,
        directory,
        files,
        envFiles,
        environment,
        services,
        disabledServices,
        networks,
        all,
        configs,
        secrets,
        models,
        profiles,
        marks);
  }

  /** Whether the files name this service at all, active or not: its containers are no orphans. */
  public boolean knows(String service) {
    return services.containsKey(service) || disabledServices.containsKey(service);
  }
}

package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One service. Its attributes are grouped by what they are about.
 *
 * @param name the key below {@code services}
 * @param image the reference as written, or empty when it is only built or provided
 * @param build how to build the image
 * @param pullPolicy {@code always}, {@code never}, {@code missing}, {@code if_not_present}, {@code
 *     build}, {@code daily}, {@code weekly}, {@code every_…}; not checked by the loader
 * @param platform such as {@code linux/arm64/v8}
 * @param containerName replaces {@code project-service-N}
 * @param replicas how many containers: {@code scale} or {@code deploy.replicas}, else 1
 * @param process what runs in the container and as whom
 * @param networking names, addresses, ports
 * @param storage volumes, secrets, configs, the root file system
 * @param resources limits and reservations; those of {@code deploy} are already folded in
 * @param confinement privileges, namespaces, devices
 * @param dependsOn by the name of the service that is needed; implicit ones included
 * @param healthcheck what the file says of it; the image may have its own
 * @param restart what to do after an exit; {@code deploy.restart_policy} is already folded in
 * @param hooks commands around start and stop
 * @param logging driver and options
 * @param labels of the container
 * @param annotations of the OCI runtime
 * @param profiles the profiles that enable it; empty: always enabled
 * @param attach whether {@code up} shows its output unless asked otherwise
 * @param deploy what the deploy section says beyond what is folded in elsewhere
 * @param watch the triggers of {@code develop.watch}
 * @param provider the program that provides the service in place of a container
 * @param models AI models that it uses, by key
 * @param fingerprint over all that asks for a new container when it changes
 */
public record Service(
    String name,
    Optional<String> image,
    Optional<Build> build,
    Optional<String> pullPolicy,
    Optional<String> platform,
    Optional<String> containerName,
    OptionalInt replicas,
    ServiceProcess process,
    Networking networking,
    Storage storage,
    Resources resources,
    Confinement confinement,
    Map<String, Dependency> dependsOn,
    Optional<Healthcheck> healthcheck,
    RestartPolicy restart,
    Hooks hooks,
    Optional<Logging> logging,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> profiles,
    boolean attach,
    Deploy deploy,
    List<WatchTrigger> watch,
    Optional<Provider> provider,
    Map<String, ModelBinding> models,
    Fingerprint fingerprint) {

  public Service {
    dependsOn = Maps.sorted(dependsOn);
    labels = Maps.sorted(labels);
    annotations = Maps.sorted(annotations);
    profiles = List.copyOf(profiles);
    watch = List.copyOf(watch);
    models = Maps.sorted(models);
  }

  /** How many containers it is to have when nobody says otherwise: {@code replicas}, else 1. */
  public int scale() {
    return replicas.orElse(1);
  }

  /** Begins a service that is like this one. */
  public ServiceBuilder toBuilder() {
    return new ServiceBuilder(this);
  }

  /** A service of this name and image with everything else at its default. */
  public static Service of(String name, String image) {
    return builder(name).image(image).build();
  }

  /** Begins a service with everything at its default. */
  public static ServiceBuilder builder(String name) {
    return new ServiceBuilder(name);
  }
}

package io.jcompose.compose.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a {@link Service}; whatever is not set keeps its default. */
public final class ServiceBuilder {

  private final String name;
  private Optional<String> image = Optional.empty();
  private Optional<Build> build = Optional.empty();
  private Optional<String> pullPolicy = Optional.empty();
  private Optional<String> platform = Optional.empty();
  private Optional<String> containerName = Optional.empty();
  private OptionalInt replicas = OptionalInt.empty();
  private ServiceProcess process = ServiceProcess.DEFAULT;
  private Networking networking = Networking.DEFAULT;
  private Storage storage = Storage.DEFAULT;
  private Resources resources = Resources.DEFAULT;
  private Confinement confinement = Confinement.DEFAULT;
  private final Map<String, Dependency> dependsOn = new HashMap<>();
  private Optional<Healthcheck> healthcheck = Optional.empty();
  private RestartPolicy restart = RestartPolicy.NONE;
  private Hooks hooks = Hooks.NONE;
  private Optional<Logging> logging = Optional.empty();
  private Map<String, String> labels = Map.of();
  private Map<String, String> annotations = Map.of();
  private List<String> profiles = List.of();
  private boolean attach = true;
  private Deploy deploy = Deploy.DEFAULT;
  private final List<WatchTrigger> watch = new ArrayList<>();
  private Optional<Provider> provider = Optional.empty();
  private Map<String, ModelBinding> models = Map.of();
  private Fingerprint fingerprint = Fingerprint.NONE;

  ServiceBuilder(String name) {
    this.name = name;
  }

  ServiceBuilder(Service like) {
    name = like.name();
    image = like.image();
    build = like.build();
    pullPolicy = like.pullPolicy();
    platform = like.platform();
    containerName = like.containerName();
    replicas = like.replicas();
    process = like.process();
    networking = like.networking();
    storage = like.storage();
    resources = like.resources();
    confinement = like.confinement();
    dependsOn.putAll(like.dependsOn());
    healthcheck = like.healthcheck();
    restart = like.restart();
    hooks = like.hooks();
    logging = like.logging();
    labels = like.labels();
    annotations = like.annotations();
    profiles = like.profiles();
    attach = like.attach();
    deploy = like.deploy();
    watch.addAll(like.watch());
    provider = like.provider();
    models = like.models();
    fingerprint = like.fingerprint();
  }

  public ServiceBuilder image(String value) {
    image = Optional.of(value);
    return this;
  }

  public ServiceBuilder build(Build value) {
    build = Optional.of(value);
    return this;
  }

  public ServiceBuilder pullPolicy(String value) {
    pullPolicy = Optional.of(value);
    return this;
  }

  public ServiceBuilder platform(String value) {
    platform = Optional.of(value);
    return this;
  }

  public ServiceBuilder containerName(String value) {
    containerName = Optional.of(value);
    return this;
  }

  public ServiceBuilder replicas(int value) {
    replicas = OptionalInt.of(value);
    return this;
  }

  public ServiceBuilder process(ServiceProcess value) {
    process = value;
    return this;
  }

  public ServiceBuilder networking(Networking value) {
    networking = value;
    return this;
  }

  public ServiceBuilder storage(Storage value) {
    storage = value;
    return this;
  }

  public ServiceBuilder resources(Resources value) {
    resources = value;
    return this;
  }

  public ServiceBuilder confinement(Confinement value) {
    confinement = value;
    return this;
  }

  /** Adds a dependency. */
  public ServiceBuilder dependsOn(Dependency value) {
    dependsOn.put(value.service(), value);
    return this;
  }

  public ServiceBuilder healthcheck(Healthcheck value) {
    healthcheck = Optional.of(value);
    return this;
  }

  public ServiceBuilder restart(RestartPolicy value) {
    restart = value;
    return this;
  }

  public ServiceBuilder hooks(Hooks value) {
    hooks = value;
    return this;
  }

  public ServiceBuilder logging(Logging value) {
    logging = Optional.of(value);
    return this;
  }

  public ServiceBuilder labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  public ServiceBuilder annotations(Map<String, String> value) {
    annotations = value;
    return this;
  }

  public ServiceBuilder profiles(List<String> value) {
    profiles = value;
    return this;
  }

  public ServiceBuilder attach(boolean value) {
    attach = value;
    return this;
  }

  public ServiceBuilder deploy(Deploy value) {
    deploy = value;
    return this;
  }

  /** Adds a trigger. */
  public ServiceBuilder watch(WatchTrigger value) {
    watch.add(value);
    return this;
  }

  public ServiceBuilder provider(Provider value) {
    provider = Optional.of(value);
    return this;
  }

  public ServiceBuilder models(Map<String, ModelBinding> value) {
    models = value;
    return this;
  }

  public ServiceBuilder fingerprint(Fingerprint value) {
    fingerprint = value;
    return this;
  }

  /** The service as set so far. */
  public Service build() {
    return new Service(
        name,
        image,
        build,
        pullPolicy,
        platform,
        containerName,
        replicas,
        process,
        networking,
        storage,
        resources,
        confinement,
        dependsOn,
        healthcheck,
        restart,
        hooks,
        logging,
        labels,
        annotations,
        profiles,
        attach,
        deploy,
        watch,
        provider,
        models,
        fingerprint);
  }
}

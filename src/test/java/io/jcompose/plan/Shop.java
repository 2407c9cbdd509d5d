package io.jcompose.plan;

import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.compose.model.ServiceProcess;
import io.jcompose.compose.model.SourceMap;
import io.jcompose.compose.model.VolumeSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Projects and snapshots for the tests, all of a project named shop. */
final class Shop {
  private final Map<String, Service> services = new TreeMap<>();
  private final Map<String, NetworkSpec> networks = new TreeMap<>();
  private final Map<String, VolumeSpec> volumes = new TreeMap<>();
  private final Map<String, List<String>> disabled = new TreeMap<>();

  static Shop of(ServiceBuilder... services) {
    Shop shop = new Shop().network(NetworkSpec.of("default", "shop_default"));
    Arrays.stream(services).forEach(shop::service);
    return shop;
  }

  static ServiceBuilder service(String name) {
    return Service.builder(name).image(name + ":1");
  }

  static ServiceProcess environment(Map<String, String> variables) {
    Map<String, Optional<String>> environment = new HashMap<>();
    variables.forEach((key, value) -> environment.put(key, Optional.of(value)));
    ServiceProcess none = ServiceProcess.DEFAULT;
    return new ServiceProcess(
        none.command(),
        none.entrypoint(),
        environment,
        none.workingDir(),
        none.user(),
        none.groupAdd(),
        false,
        false,
        false,
        none.stopSignal(),
        none.stopGracePeriod());
  }

  static Networking on(String... networks) {
    Map<String, ServiceNetwork> attached = new TreeMap<>();
    for (String network : networks) {
      attached.put(network, ServiceNetwork.of(network));
    }
    return Networking.on(attached);
  }

  static Networking mode(String mode) {
    Networking none = Networking.on(Map.of());
    return new Networking(
        Map.of(),
        Optional.of(mode),
        none.ports(),
        none.expose(),
        none.links(),
        none.externalLinks(),
        none.hostname(),
        none.domainname(),
        none.dns(),
        none.dnsSearch(),
        none.dnsOptions(),
        none.extraHosts(),
        none.macAddress());
  }

  Shop service(ServiceBuilder builder) {
    Service service = builder.build();
    services.put(service.name(), service);
    return this;
  }

  Shop network(NetworkSpec spec) {
    networks.put(spec.key(), spec);
    return this;
  }

  Shop volume(VolumeSpec spec) {
    volumes.put(spec.key(), spec);
    return this;
  }

  Shop disabled(String service, String profile) {
    disabled.put(service, List.of(profile));
    return this;
  }

  Project project() {
    return new Project(
        "shop",
        Path.of("/shop"),
        List.of(Path.of("/shop/compose.yaml")),
        List.of(),
        Map.of(),
        services,
        disabled,
        networks,
        volumes,
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        SourceMap.EMPTY);
  }

  /** Nothing is there but the images of the services. */
  Observed empty() {
    Map<String, ObservedImage> images = new HashMap<>();
    services.keySet().forEach(name -> images.put(name + ":1", image("1")));
    return Observed.nothing("shop").withImages(images);
  }

  static ObservedImage image(String digit) {
    return new ObservedImage("sha256:" + digit.repeat(64), Instant.EPOCH);
  }

  /** What a plain up leaves. */
  Observed up() {
    return upOver(empty());
  }

  Observed upOver(Observed observed) {
    Project project = project();
    return Simulation.after(
        Planner.up(project, observed, UpOptions.DEFAULT), project, observed);
  }

  Plan plan(Observed observed) {
    return Planner.up(project(), observed, UpOptions.DEFAULT);
  }
}

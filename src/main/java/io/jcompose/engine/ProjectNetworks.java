package io.jcompose.engine;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.engine.compile.AttachmentCompiler;
import io.jcompose.engine.compile.PublishedPorts;
import io.jcompose.network.Network;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.NetworkException;
import io.jcompose.network.Networks;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.plan.Config;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The networks as projects see them: by name, with the settings that they were made from. */
final class ProjectNetworks {
  private static final String PROJECT = "com.docker.compose.project";
  private static final String KEY = "com.docker.compose.network";
  private static final String SETTINGS = "io.jcompose.settings";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final Networks networks;

  ProjectNetworks(Networks networks) {
    this.networks = networks;
  }

  Optional<Network> byName(String name) {
    return networks.list().stream().filter(n -> n.name().equals(name)).findFirst();
  }

  /** The id of the network {@code name}, one of the predefined ones included. */
  Optional<String> idOf(String name) {
    if (name.equals(DefaultBridge.NAME)) {
      return Optional.of(DefaultBridge.ID);
    }
    return AttachmentCompiler.PREDEFINED.contains(name)
        ? Optional.of(name)
        : byName(name).map(Network::id);
  }

  Optional<Network> byId(String id) {
    return networks.find(id);
  }

  List<Network> list() {
    return networks.list();
  }

  static String project(Network network) {
    return network.config().labels().getOrDefault(PROJECT, "");
  }

  static String key(Network network) {
    return network.config().labels().getOrDefault(KEY, "");
  }

  static Config settings(Network network) {
    String json = network.config().labels().get(SETTINGS);
    if (json == null) {
      return Config.NONE;
    }
    try {
      return new Config(MAPPER.readValue(json, new TypeReference<TreeMap<String, String>>() {}));
    } catch (JacksonException e) {
      return Config.NONE;
    }
  }

  /** Labels that others may see: without what is kept for plans. */
  static Map<String, String> labels(Network network) {
    Map<String, String> labels = new TreeMap<>(network.config().labels());
    labels.remove(SETTINGS);
    return labels;
  }

  /** What a network that is there, or that the file describes, means for published ports. */
  PublishedPorts.Facts facts(NetworkSpec spec) {
    Optional<Network> found = byName(spec.name());
    if (found.isPresent()) {
      NetworkConfig config = found.get().config();
      return new PublishedPorts.Facts(config.internal(), config.bridge().publishOn());
    }
    return new PublishedPorts.Facts(
        spec.internal(), NetworkConfig.of("x", spec.name()).withOptions(spec.driverOptions()).bridge().publishOn());
  }

  /** Makes the network that a project's file describes. */
  void create(String project, NetworkSpec spec, Config settings) {
    checkDriver(spec.name(), spec.driver().orElse(DefaultBridge.NAME));
    spec.ipam().driver().ifPresent(driver -> checkIpamDriver(spec.name(), driver));
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(PROJECT, project);
    labels.put(KEY, spec.key());
    labels.put(SETTINGS, json(settings.keys()));
    boolean onlyIpv6 = !spec.enableIpv4().orElse(true);
    try {
      networks.ensure(
          new NetworkConfig(
              RandomId.next(),
              spec.name(),
              spec.ipam().pools().stream().map(pool -> subnet(spec.name(), pool)).flatMap(Optional::stream).toList(),
              spec.enableIpv6().orElse(false),
              spec.internal(),
              0,
              labels,
              spec.driverOptions(),
              onlyIpv6,
              spec.attachable(),
              System.currentTimeMillis()));
    } catch (NetworkException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /**
   * Lets nobody be given an address that a service of the project's file has for its own, whichever of them is made
   * first.
   */
  void keepFixedAddresses(Project project) {
    Map<String, Set<InetAddress>> fixed = new TreeMap<>();
    for (Service service : project.services().values()) {
      for (ServiceNetwork place : service.networking().networks().values()) {
        NetworkSpec spec = project.networks().get(place.network());
        Stream.of(place.ipv4Address(), place.ipv6Address())
            .flatMap(Optional::stream)
            .map(text -> address(spec.name(), text))
            .forEach(address -> fixed.computeIfAbsent(spec.name(), name -> new HashSet<>()).add(address));
      }
    }
    fixed.forEach(
        (name, addresses) ->
            byName(name).ifPresent(n -> networks.endpoints().keep(n.id(), project.name(), addresses)));
  }

  private static InetAddress address(String network, String text) {
    try {
      return Cidr.parseAddress(text);
    } catch (IllegalArgumentException e) {
      throw new EngineException("network \"" + network + "\": " + e.getMessage(), e);
    }
  }

  /** Only bridges can be made: of the host's own and of none there is one each. */
  static void checkDriver(String network, String driver) {
    switch (driver) {
      case "bridge", "default" -> {
        if (AttachmentCompiler.PREDEFINED.contains(network)) {
          throw new EngineException(
              "network \"" + network + "\" is predefined; give yours another name, or say external: true");
        }
      }
      case "host", "none", "null" ->
          throw new EngineException(
              "network \"" + network + "\": only one instance of \"" + driver + "\" network is allowed; use it as it"
                  + " is, with name: " + (driver.equals("host") ? "host" : "none") + " and external: true");
      default ->
          throw new EngineException(
              "network \"" + network + "\": this engine has no driver " + driver
                  + "; leave it out for a bridge on this host");
    }
  }

  static void checkIpamDriver(String network, String driver) {
    if (!driver.equals("default")) {
      throw new EngineException(
          "network \"" + network + "\": this engine has no ipam driver " + driver + "; the one there is is default");
    }
  }

  private static Optional<NetworkConfig.Subnet> subnet(String network, NetworkSpec.Pool pool) {
    if (pool.subnet().isEmpty()) {
      if (pool.gateway().isPresent() || pool.ipRange().isPresent() || !pool.auxAddresses().isEmpty()) {
        throw new EngineException(
            "network \"" + network + "\": ipam.config: a gateway, a range and auxiliary addresses lie in a subnet;"
                + " give the subnet too");
      }
      return Optional.empty();
    }
    return Optional.of(
        subnet(
            network, pool.subnet().get(), pool.gateway().orElse(""), pool.ipRange().orElse(""), pool.auxAddresses()));
  }

  static NetworkConfig.Subnet subnet(
      String network, String subnet, String gateway, String range, Map<String, String> auxiliary) {
    try {
      return new NetworkConfig.Subnet(Cidr.parse(subnet), gateway, range, auxiliary);
    } catch (IllegalArgumentException e) {
      throw new EngineException("network \"" + network + "\": " + e.getMessage(), e);
    }
  }

  private static String json(SortedMap<String, String> keys) {
    try {
      return MAPPER.writeValueAsString(keys);
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }
}

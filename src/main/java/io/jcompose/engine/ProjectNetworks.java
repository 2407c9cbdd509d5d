package io.jcompose.engine;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.network.Network;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.Networks;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.plan.Config;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

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

  /** Makes the network that a project's file describes. */
  void create(String project, NetworkSpec spec, Config settings) {
    String driver = spec.driver().orElse("bridge");
    if (!driver.equals("bridge") && !driver.equals("default")) {
      throw new EngineException(
          "network \"" + spec.key() + "\": this engine has no driver " + driver
              + "; leave driver: out for a bridge on this host");
    }
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(PROJECT, project);
    labels.put(KEY, spec.key());
    labels.put(SETTINGS, json(settings.keys()));
    networks.ensure(
        new NetworkConfig(
            randomId(),
            spec.name(),
            subnets(spec),
            spec.enableIpv6().orElse(false),
            spec.internal(),
            mtu(spec),
            labels));
  }

  private static List<NetworkConfig.Subnet> subnets(NetworkSpec spec) {
    List<NetworkConfig.Subnet> subnets = new ArrayList<>();
    for (NetworkSpec.Pool pool : spec.ipam().pools()) {
      if (pool.subnet().isPresent()) {
        try {
          subnets.add(
              new NetworkConfig.Subnet(
                  Cidr.parse(pool.subnet().get()),
                  pool.gateway().orElse(""),
                  pool.ipRange().orElse(""),
                  pool.auxAddresses()));
        } catch (IllegalArgumentException e) {
          throw new EngineException("network \"" + spec.key() + "\": " + e.getMessage(), e);
        }
      }
    }
    return subnets;
  }

  private static int mtu(NetworkSpec spec) {
    String text = spec.driverOptions().get("com.docker.network.driver.mtu");
    if (text == null) {
      return 0;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new EngineException("network \"" + spec.key() + "\": mtu " + text + " is no number", e);
    }
  }

  private static String json(SortedMap<String, String> keys) {
    try {
      return MAPPER.writeValueAsString(keys);
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }

  static String randomId() {
    byte[] bytes = new byte[32];
    RandomGenerator.of("SecureRandom").nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}

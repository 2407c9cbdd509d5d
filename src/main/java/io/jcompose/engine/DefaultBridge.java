package io.jcompose.engine;

import io.jcompose.network.EndpointConfig;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.Networks;
import java.util.Map;

/** The network {@code bridge}, which is always there to be used: it is made when the first container wants a place. */
final class DefaultBridge {
  static final String NAME = "bridge";

  /** The same for every engine, as there is one for each. */
  static final String ID = "b".repeat(8) + "0".repeat(56);

  private final Networks networks;

  DefaultBridge(Networks networks) {
    this.networks = networks;
  }

  static NetworkConfig config() {
    return new NetworkConfig(
        ID, NAME, java.util.List.of(), false, false, 0, Map.of(), Map.of("com.docker.network.bridge.default_bridge", "true"),
        false, false, System.currentTimeMillis());
  }

  /** Leases a place in it. */
  synchronized void lease(EndpointConfig place) {
    networks.ensure(config());
    try {
      networks.lease(place);
    } catch (RuntimeException e) {
      released();
      throw e;
    }
  }

  /** A place in it has been given back: with the last one it goes. */
  synchronized void released() {
    if (networks.find(ID).isPresent() && networks.endpoints(ID).isEmpty()) {
      networks.remove(ID);
    }
  }
}

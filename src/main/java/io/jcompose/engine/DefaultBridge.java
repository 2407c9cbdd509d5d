package io.jcompose.engine;

import io.jcompose.network.EndpointConfig;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.Networks;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The network {@code bridge}, which is always there to be used: it is made when the first container wants a place, and
 * goes with the last one; a while after it where that was for one command only, for others often follow.
 */
final class DefaultBridge {
  static final String NAME = "bridge";

  /** The same for every engine, as there is one for each. */
  static final String ID = predefinedId(NAME);

  private static final long UNUSED_MILLIS = 10_000;
  private final Networks networks;
  private final Timers timers;
  private Timers.Handle end = () -> {};

  DefaultBridge(Networks networks, Timers timers) {
    this.networks = networks;
    this.timers = timers;
  }

  /** The id of the network that is always there under this name. */
  static String predefinedId(String name) {
    try {
      byte[] text = ("jcompose network " + name).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static NetworkConfig config() {
    return new NetworkConfig(
        ID, NAME, List.of(), false, false, 0, Map.of(), Map.of("com.docker.network.bridge.default_bridge", "true"),
        false, false, System.currentTimeMillis());
  }

  /** Leases a place in it. */
  synchronized void lease(EndpointConfig place) {
    networks.ensure(config());
    try {
      networks.endpoints().lease(place);
    } catch (RuntimeException e) {
      removeUnused();
      throw e;
    }
  }

  /** Removes it soon if nobody has a place in it then. */
  synchronized void removeUnusedSoon() {
    end.cancel();
    end = timers.after(UNUSED_MILLIS, this::removeUnused);
  }

  /** Removes it at once if nobody has a place in it. */
  synchronized void removeUnused() {
    if (networks.find(ID).isPresent() && networks.endpoints().of(ID).isEmpty()) {
      networks.remove(ID);
    }
  }
}

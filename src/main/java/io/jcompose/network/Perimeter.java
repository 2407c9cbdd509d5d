package io.jcompose.network;

import io.jcompose.fault.Fault;
import io.jcompose.network.firewall.Family;
import io.jcompose.network.firewall.FilteredBridge;
import io.jcompose.network.firewall.Firewall;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What must be true of the host while it has networks of ours: our rules first, then forwarding.
 */
final class Perimeter {
  private final Firewall firewall;
  private final HostForwarding forwarding;

  Perimeter(Firewall firewall, HostForwarding forwarding) {
    this.firewall = firewall;
    this.forwarding = forwarding;
  }

  /**
   * Makes the host ready for {@code config}; {@code networks} are all there are, this one included.
   */
  void secure(NetworkConfig config, List<Network> networks) {
    tell(networks);
    if (config.internal()) {
      firewall.install(Set.of());
      Fault.point("firewall.installed.internal");
    } else {
      Set<Family> families = config.ipv6() ? EnumSet.allOf(Family.class) : EnumSet.of(Family.IPV4);
      // The guard first: not for a moment is the host everybody's router.
      firewall.install(forwarding.ours(families));
      Fault.point("firewall.installed");
      forwarding.switchOn(families);
      Fault.point("firewall.forwarding.on");
    }
    firewall.neighbours().introduce();
    Fault.point("firewall.introduced");
  }

  /** A network is gone, and others are still there. */
  void changed(List<Network> networks) {
    tell(networks);
    firewall.neighbours().introduce();
  }

  private void tell(List<Network> networks) {
    List<Network.Pool> pools =
        networks.stream().flatMap(network -> network.pools().stream()).toList();
    firewall.setNetworks(
        networks.stream().map(Perimeter::bridge).toList(),
        pools.stream().map(Network.Pool::gateway).toList(),
        pools.stream().map(Network.Pool::subnet).toList());
  }

  private static FilteredBridge bridge(Network network) {
    BridgeOptions options = network.config().bridge();
    return new FilteredBridge(
        network.bridge(),
        network.config().internal(),
        options.containersTalk(),
        options.masquerade());
  }

  /**
   * The last network is gone: our rules go too. Forwarding stays on; others may have come to need
   * it.
   */
  void withdraw() {
    try {
      firewall.neighbours().leave();
      Fault.point("firewall.left");
    } finally {
      firewall.uninstall();
    }
    Fault.point("firewall.uninstalled");
  }
}

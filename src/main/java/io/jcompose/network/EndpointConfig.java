package io.jcompose.network;

import java.util.List;
import java.util.Map;

/**
 * What a container wants of a network. Empty strings leave the choice to us.
 *
 * @param network id of the network
 * @param owner who: a container's id, or its name; shown in errors
 * @param ipv4 a fixed address
 * @param ipv6 a fixed address
 * @param mac hardware address, {@code 02:42:ac:11:00:02}
 * @param interfaceName inside the container; else the next free of eth0, eth1, …
 * @param gatewayPriority the network with the highest gives the default route
 * @param linkLocal further addresses that mean something on the network's link only
 * @param settings of the interface: sysctl(8) names in which IFNAME stands for its name
 */
public record EndpointConfig(
    String network,
    String owner,
    String ipv4,
    String ipv6,
    String mac,
    String interfaceName,
    int gatewayPriority,
    List<String> linkLocal,
    Map<String, String> settings) {
  public EndpointConfig {
    if (!interfaceName.isEmpty()) {
      checkInterfaceName(interfaceName);
    }
    linkLocal = List.copyOf(linkLocal);
    settings = Map.copyOf(settings);
  }

  /** What the kernel takes for a name (dev_valid_name), less what would be a sysctl of another link. */
  static void checkInterfaceName(String name) {
    if (!name.matches("[A-Za-z0-9_.-]{1,15}")) {
      throw new NetworkException("\"" + name + "\" can't be the name of an interface");
    }
    if (name.matches("lo|all|default|\\.\\.?")) {
      throw new NetworkException("the interface name " + name + " is taken");
    }
  }

  /** One without further addresses and settings. */
  public EndpointConfig(
      String network,
      String owner,
      String ipv4,
      String ipv6,
      String mac,
      String interfaceName,
      int gatewayPriority) {
    this(network, owner, ipv4, ipv6, mac, interfaceName, gatewayPriority, List.of(), Map.of());
  }

  public static EndpointConfig of(String network, String owner) {
    return new EndpointConfig(network, owner, "", "", "", "", 0);
  }
}

package io.jcompose.network;

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
 */
public record EndpointConfig(
    String network,
    String owner,
    String ipv4,
    String ipv6,
    String mac,
    String interfaceName,
    int gatewayPriority) {
  public EndpointConfig {
    // What the kernel takes for a name (dev_valid_name), less what would be a sysctl of another
    // link.
    if (!interfaceName.isEmpty() && !interfaceName.matches("[A-Za-z0-9_.-]{1,15}")) {
      throw new NetworkException("\"" + interfaceName + "\" can't be the name of an interface");
    }
    if (interfaceName.matches("lo|all|default|\\.\\.?")) {
      throw new NetworkException("the interface name " + interfaceName + " is taken");
    }
  }

  public static EndpointConfig of(String network, String owner) {
    return new EndpointConfig(network, owner, "", "", "", "", 0);
  }
}

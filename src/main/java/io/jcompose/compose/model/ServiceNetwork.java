package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service's attachment to a network.
 *
 * @param network the network's key
 * @param aliases further names on this network
 * @param ipv4Address fixed address
 * @param ipv6Address fixed address
 * @param linkLocalIps further link-local addresses
 * @param macAddress fixed address
 * @param priority the higher, the earlier it is attached; the first is the primary
 * @param gatewayPriority the highest gives the default route
 * @param interfaceName the name inside the container; empty: eth0, eth1, …
 * @param driverOptions options of the endpoint
 */
public record ServiceNetwork(
    String network,
    List<String> aliases,
    Optional<String> ipv4Address,
    Optional<String> ipv6Address,
    List<String> linkLocalIps,
    Optional<String> macAddress,
    int priority,
    int gatewayPriority,
    Optional<String> interfaceName,
    Map<String, String> driverOptions) {

  public ServiceNetwork {
    aliases = List.copyOf(aliases);
    linkLocalIps = List.copyOf(linkLocalIps);
    driverOptions = Maps.sorted(driverOptions);
  }

  /** A plain attachment. */
  public static ServiceNetwork of(String network) {
    return new ServiceNetwork(
        network,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        Map.of());
  }
}

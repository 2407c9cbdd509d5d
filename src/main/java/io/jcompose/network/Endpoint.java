package io.jcompose.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container's place in a network: leased when the container is created, connected when it starts.
 *
 * @param network id of the network
 * @param owner whose it is
 * @param hostLink name of the host's end; "" while it is not connected
 * @param interfaceName name inside the container; "" while it is not connected
 * @param wantedName the name that was asked for; "" for the next free of eth0, eth1, …
 * @param mac hardware address, six bytes in hexadecimal with colons
 * @param addresses IPv4 first
 * @param gatewayPriority the network with the highest gives the default route
 * @param linkLocal further addresses that mean something on the network's link only
 * @param settings of the interface: sysctl(8) names in which IFNAME stands for its name
 */
public record Endpoint(
    String network,
    String owner,
    String hostLink,
    String interfaceName,
    String wantedName,
    String mac,
    List<Address> addresses,
    int gatewayPriority,
    List<InetAddress> linkLocal,
    Map<String, String> settings) {
  public Endpoint {
    addresses = List.copyOf(addresses);
    // A record that an older build has written has neither.
    linkLocal = linkLocal == null ? List.of() : List.copyOf(linkLocal);
    settings = settings == null ? Map.of() : Map.copyOf(settings);
  }

  /** One without further addresses and settings. */
  public Endpoint(
      String network,
      String owner,
      String hostLink,
      String interfaceName,
      String wantedName,
      String mac,
      List<Address> addresses,
      int gatewayPriority) {
    this(
        network,
        owner,
        hostLink,
        interfaceName,
        wantedName,
        mac,
        addresses,
        gatewayPriority,
        List.of(),
        Map.of());
  }

  /**
   * An address of the endpoint.
   *
   * @param prefix length of the network part in bits
   * @param gateway the bridge's address
   */
  public record Address(InetAddress address, int prefix, InetAddress gateway) {}

  /** The first address: of IPv4, unless the network has none. */
  public InetAddress address() {
    return addresses.getFirst().address();
  }

  /** The address of a family; an endpoint has at most one of each. */
  public Optional<Address> ofFamily(boolean v4) {
    return addresses.stream().filter(a -> a.address() instanceof Inet4Address == v4).findFirst();
  }

  public boolean connected() {
    return !hostLink.isEmpty();
  }

  Endpoint connectedAs(String link, String name) {
    return new Endpoint(
        network,
        owner,
        link,
        name,
        wantedName,
        mac,
        addresses,
        gatewayPriority,
        linkLocal,
        settings);
  }
}

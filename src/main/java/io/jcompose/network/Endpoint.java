package io.jcompose.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

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
 */
public record Endpoint(
    String network,
    String owner,
    String hostLink,
    String interfaceName,
    String wantedName,
    String mac,
    List<Address> addresses,
    int gatewayPriority) {
  public Endpoint {
    addresses = List.copyOf(addresses);
  }

  /**
   * An address of the endpoint.
   *
   * @param prefix length of the network part in bits
   * @param gateway the bridge's address
   */
  public record Address(InetAddress address, int prefix, InetAddress gateway) {}

  /** The IPv4 address: every endpoint has one. */
  public InetAddress ipv4() {
    return addresses.stream()
        .map(Address::address)
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .orElseThrow();
  }

  public boolean connected() {
    return !hostLink.isEmpty();
  }

  Endpoint connectedAs(String link, String name) {
    return new Endpoint(network, owner, link, name, wantedName, mac, addresses, gatewayPriority);
  }
}

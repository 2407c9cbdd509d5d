package io.jcompose.network;

import io.jcompose.network.ipam.Cidr;
import java.util.List;
import java.util.Map;

/**
 * What a network shall be.
 *
 * @param id unique, and good as a file name: hexadecimal digits as in Docker
 * @param name as the user knows it: {@code shop_default}
 * @param subnets what the user asks for; where a family is missing, one is chosen
 * @param ipv6 whether endpoints get an IPv6 address too
 * @param internal without a way out
 * @param mtu in bytes; 0: that of the host's default route
 * @param labels kept with the network
 */
public record NetworkConfig(
    String id,
    String name,
    List<Subnet> subnets,
    boolean ipv6,
    boolean internal,
    int mtu,
    Map<String, String> labels) {
  public NetworkConfig {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new NetworkException("\"" + id + "\" can't be the id of a network");
    }
    if (mtu != 0 && (mtu < 68 || mtu > 65535)) {
      throw new NetworkException("network " + name + ": an MTU is between 68 and 65535: " + mtu);
    }
    subnets = List.copyOf(subnets);
    labels = Map.copyOf(labels);
  }

  /** A network with nothing special about it. */
  public static NetworkConfig of(String id, String name) {
    return new NetworkConfig(id, name, List.of(), false, false, 0, Map.of());
  }

  /**
   * A subnet that the user gives.
   *
   * @param gateway the bridge's address; "" for the first of the subnet
   * @param range the part that addresses are chosen from, as {@code 172.28.5.0/24}; "" for all
   * @param auxiliary addresses that nobody gets, by their names
   */
  public record Subnet(Cidr subnet, String gateway, String range, Map<String, String> auxiliary) {
    public Subnet {
      auxiliary = Map.copyOf(auxiliary);
    }

    public static Subnet of(String subnet) {
      return new Subnet(Cidr.parse(subnet), "", "", Map.of());
    }
  }
}

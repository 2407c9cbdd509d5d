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
 * @param mtu in bytes; 0: what the options say, or that of the host's default route
 * @param labels kept with the network
 * @param options as {@link BridgeOptions} reads them
 * @param ipv6Only whether endpoints get no IPv4 address; then {@code ipv6} is true
 * @param attachable kept with the network; whether other tools may attach to it
 * @param created milliseconds since the epoch; 0: unknown
 */
public record NetworkConfig(
    String id,
    String name,
    List<Subnet> subnets,
    boolean ipv6,
    boolean internal,
    int mtu,
    Map<String, String> labels,
    Map<String, String> options,
    boolean ipv6Only,
    boolean attachable,
    long created) {
  public NetworkConfig {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new NetworkException("\"" + id + "\" can't be the id of a network");
    }
    // A record that an older build has written has none.
    options = options == null ? Map.of() : Map.copyOf(options);
    BridgeOptions bridge;
    try {
      bridge = BridgeOptions.of(options);
    } catch (NetworkException e) {
      throw new NetworkException("network " + name + ": " + e.getMessage(), e);
    }
    mtu = mtu == 0 ? bridge.mtu() : mtu;
    if (mtu != 0 && (mtu < 68 || mtu > 65535)) {
      throw new NetworkException("network " + name + ": an MTU is between 68 and 65535: " + mtu);
    }
    if (ipv6Only && !ipv6) {
      throw new NetworkException(
          "network " + name + ": with neither IPv4 nor IPv6 nobody could talk; set enable_ipv6");
    }
    subnets = List.copyOf(subnets);
    labels = Map.copyOf(labels);
  }

  /** One without options of the bridge, for IPv4 or both families. */
  public NetworkConfig(
      String id,
      String name,
      List<Subnet> subnets,
      boolean ipv6,
      boolean internal,
      int mtu,
      Map<String, String> labels) {
    this(id, name, subnets, ipv6, internal, mtu, labels, Map.of(), false, false, 0);
  }

  /** A network with nothing special about it. */
  public static NetworkConfig of(String id, String name) {
    return new NetworkConfig(id, name, List.of(), false, false, 0, Map.of());
  }

  public NetworkConfig withOptions(Map<String, String> other) {
    return new NetworkConfig(
        id, name, subnets, ipv6, internal, mtu, labels, other, ipv6Only, attachable, created);
  }

  /** What the options say. */
  public BridgeOptions bridge() {
    return BridgeOptions.of(options);
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

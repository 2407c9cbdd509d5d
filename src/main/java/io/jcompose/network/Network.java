package io.jcompose.network;

import io.jcompose.network.ipam.Cidr;
import java.net.InetAddress;
import java.util.List;

/**
 * A network as it is.
 *
 * @param config what was asked for
 * @param bridge the name of its bridge on the host
 * @param mtu in bytes
 * @param pools its subnets, IPv4 first
 */
public record Network(NetworkConfig config, String bridge, int mtu, List<Pool> pools) {
  public Network {
    pools = List.copyOf(pools);
  }

  /**
   * A subnet of the network.
   *
   * @param gateway the bridge's own address in it
   * @param range where addresses are chosen from
   */
  public record Pool(Cidr subnet, InetAddress gateway, Cidr range) {}

  public String id() {
    return config.id();
  }

  public String name() {
    return config.name();
  }
}

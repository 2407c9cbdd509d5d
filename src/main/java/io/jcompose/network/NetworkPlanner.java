package io.jcompose.network;

import io.jcompose.network.ipam.AddressException;
import io.jcompose.network.ipam.Cidr;
import io.jcompose.network.ipam.SubnetPool;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Decides what a new network is: its subnets, gateway, MTU and the name of its bridge. */
final class NetworkPlanner {
  private final Mark mark;
  private final Bridges bridges;

  NetworkPlanner(Mark mark, Bridges bridges) {
    this.mark = mark;
    this.bridges = bridges;
  }

  /**
   * A network as {@code config} asks for it.
   *
   * @param others the engine's other networks, whose subnets are taken even while they aren't in
   *     the kernel
   */
  Network plan(NetworkConfig config, List<Network> others) {
    List<SubnetPool.Taken> taken = bridges.taken();
    for (Network other : others) {
      for (Network.Pool pool : other.pools()) {
        taken.addFirst(new SubnetPool.Taken(pool.subnet(), "network " + other.name()));
      }
    }
    try {
      List<Network.Pool> pools = new ArrayList<>();
      pools.add(pool(config, true, taken));
      if (config.ipv6()) {
        pools.add(pool(config, false, taken));
      }
      int mtu = config.mtu() == 0 ? bridges.outsideMtu() : config.mtu();
      return new Network(config, mark.bridge(config.internal()), mtu, pools);
    } catch (AddressException | IllegalArgumentException e) {
      throw new NetworkException("network " + config.name() + ": " + e.getMessage(), e);
    }
  }

  private Network.Pool pool(NetworkConfig config, boolean v4, List<SubnetPool.Taken> taken) {
    for (NetworkConfig.Subnet asked : config.subnets()) {
      Cidr subnet = asked.subnet();
      if (subnet.v4() != v4) {
        continue;
      }
      for (SubnetPool.Taken other : taken) {
        if (other.range().overlaps(subnet)) {
          throw new AddressException(
              "the subnet " + subnet + " overlaps " + other.range() + " (" + other.owner() + ")");
        }
      }
      InetAddress gateway =
          asked.gateway().isEmpty() ? subnet.at(1) : Cidr.parseAddress(asked.gateway());
      Cidr range = asked.range().isEmpty() ? subnet : Cidr.parse(asked.range());
      return new Network.Pool(subnet, gateway, range);
    }
    Cidr subnet = v4 ? SubnetPool.pick(taken) : SubnetPool.pickV6(mark.value(), taken);
    return new Network.Pool(subnet, subnet.at(1), subnet);
  }
}

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
      if (!config.ipv6Only()) {
        pools.addAll(pools(config, true, taken));
      }
      if (config.ipv6()) {
        pools.addAll(pools(config, false, taken));
      }
      int mtu = config.mtu() == 0 ? bridges.outsideMtu() : config.mtu();
      return new Network(config, bridge(config, others), mtu, pools);
    } catch (AddressException | IllegalArgumentException e) {
      throw new NetworkException("network " + config.name() + ": " + e.getMessage(), e);
    }
  }

  private String bridge(NetworkConfig config, List<Network> others) {
    String name = config.bridge().name();
    if (name.isEmpty()) {
      return mark.bridge(config.internal());
    }
    if (name.startsWith(mark.linkPrefix())) {
      throw new AddressException(
          "the names that begin with " + mark.linkPrefix() + " are for bridges that get one chosen");
    }
    for (Network other : others) {
      if (other.bridge().equals(name)) {
        throw new AddressException("network " + other.name() + " has the bridge " + name);
      }
    }
    if (bridges.find(name).isPresent()) {
      throw new AddressException(
          "this host has an interface " + name + " that is not ours; choose another name for the bridge");
    }
    return name;
  }

  /** The subnets of one family: those that are asked for, or one that is chosen. */
  private List<Network.Pool> pools(
      NetworkConfig config, boolean v4, List<SubnetPool.Taken> taken) {
    List<Network.Pool> pools = new ArrayList<>();
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
      for (Network.Pool other : pools) {
        if (other.subnet().overlaps(subnet)) {
          throw new AddressException("its subnets " + other.subnet() + " and " + subnet + " overlap");
        }
      }
      InetAddress gateway =
          asked.gateway().isEmpty() ? subnet.at(1) : Cidr.parseAddress(asked.gateway());
      if (!subnet.contains(gateway)) {
        throw new AddressException(
            "the gateway " + asked.gateway() + " is not in the subnet " + subnet);
      }
      Cidr range = asked.range().isEmpty() ? subnet : Cidr.parse(asked.range());
      pools.add(new Network.Pool(subnet, gateway, range));
    }
    if (pools.isEmpty()) {
      Cidr subnet = v4 ? SubnetPool.pick(taken) : SubnetPool.pickV6(mark.value(), taken);
      pools.add(new Network.Pool(subnet, subnet.at(1), subnet));
    }
    return pools;
  }
}

package io.jcompose.network.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of one network: which container answers to what. Immutable; every name answers as it is
 * and as {@code <name>.<network>}, whatever the letter case. A name that DNS can't carry (a label
 * of more than 63 bytes) is kept and never asked for.
 */
public final class DnsZone {
  private final String network;
  private final Map<String, Addresses> names;
  private final Map<String, byte[]> hosts;
  private final List<Subnet> subnets;

  private DnsZone(
      String network,
      Map<String, Addresses> names,
      Map<String, byte[]> hosts,
      List<Subnet> subnets) {
    this.network = network;
    this.names = names;
    this.hosts = hosts;
    this.subnets = subnets;
  }

  /**
   * Begins the zone of a network; {@code name} is its name as users see it ({@code shop_default}).
   */
  public static Builder of(String name) {
    return new Builder(name);
  }

  /** The key of the network's name. */
  String network() {
    return network;
  }

  Optional<Addresses> find(String name) {
    return Optional.ofNullable(names.get(name));
  }

  /** The name on the wire of the container that is asked for by this reverse name. */
  Optional<byte[]> host(String reverseName) {
    return Optional.ofNullable(hosts.get(reverseName));
  }

  boolean covers(String reverseName) {
    return subnets.stream().anyMatch(s -> s.covers(reverseName));
  }

  /** The addresses of a name as record data, by family. */
  record Addresses(byte[][] v4, byte[][] v6) {
    static Addresses of(Collection<InetAddress> addresses) {
      return new Addresses(raw(addresses, 4), raw(addresses, 16));
    }

    private static byte[][] raw(Collection<InetAddress> addresses, int length) {
      return addresses.stream()
          .map(InetAddress::getAddress)
          .filter(a -> a.length == length)
          .toArray(byte[][]::new);
    }
  }

  /** Collects the endpoints of one network. */
  public static final class Builder {
    private final String name;
    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private final Map<String, byte[]> hosts = new HashMap<>();
    private final List<Subnet> subnets = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /** A range of the network's addresses: the reverse of one in it is never asked for outside. */
    public Builder subnet(InetAddress base, int prefixLength) {
      subnets.add(new Subnet(base.getAddress(), prefixLength));
      return this;
    }

    /**
     * A container on the network. Its addresses are found by its name and by each alias (service
     * name, hostname, short id), together with those of other containers that have the same alias;
     * the reverse of its addresses is {@code <container>.<network>}.
     */
    public Builder endpoint(
        String container, Collection<String> aliases, Collection<InetAddress> addresses) {
      add(container, addresses);
      aliases.forEach(alias -> add(alias, addresses));
      Names.wire(container + "." + name)
          .ifPresent(w -> addresses.forEach(a -> hosts.put(Names.reverse(a.getAddress()), w)));
      return this;
    }

    private void add(String alias, Collection<InetAddress> addresses) {
      List<InetAddress> known = names.computeIfAbsent(Names.key(alias), k -> new ArrayList<>());
      addresses.stream().filter(a -> !known.contains(a)).forEach(known::add);
    }

    public DnsZone build() {
      Map<String, Addresses> byName = new HashMap<>();
      names.forEach((key, addresses) -> byName.put(key, Addresses.of(addresses)));
      return new DnsZone(Names.key(name), byName, Map.copyOf(hosts), List.copyOf(subnets));
    }
  }
}

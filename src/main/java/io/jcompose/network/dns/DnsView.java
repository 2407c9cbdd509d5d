package io.jcompose.network.dns;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one container may ask for.
 *
 * @param networks the keys of the networks it is on, as given to {@link DnsServer#publish}, the
 *     preferred first: where two know a name, the first answers
 * @param links names that only this container has for others: alias → name ({@code links:
 *     [db:database]})
 * @param outside whether other names are looked up at all: false when it has internal networks only
 * @param servers who is asked for other names ({@code dns:}); none means the host's resolvers. A
 *     loopback address is the container's own, and 127.0.0.11, which is us, is left out
 */
public record DnsView(
    List<String> networks, Map<String, String> links, boolean outside, List<InetAddress> servers) {
  public DnsView {
    networks = List.copyOf(networks);
    servers = servers.stream().filter(s -> !s.equals(DnsSockets.ADDRESS)).toList();
    Map<String, String> keys = new HashMap<>();
    links.forEach((alias, name) -> keys.put(Names.key(alias), Names.key(name)));
    links = Map.copyOf(keys);
  }

  /** A container without links and servers of its own. */
  public static DnsView of(List<String> networks, boolean outside) {
    return new DnsView(networks, Map.of(), outside, List.of());
  }
}

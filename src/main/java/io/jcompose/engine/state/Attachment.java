package io.jcompose.engine.state;

import java.util.List;

/**
 * A container's wish to be on a network.
 *
 * @param network the network's id
 * @param key the network's name in the Compose file
 * @param name the network's name on this host
 * @param aliases names that it answers to there, besides its own
 * @param ipv4 fixed address, or empty
 * @param ipv6 fixed address, or empty
 * @param mac fixed address, or empty
 * @param interfaceName name inside the container; empty: eth0, eth1, …
 */
public record Attachment(
    String network,
    String key,
    String name,
    List<String> aliases,
    String ipv4,
    String ipv6,
    String mac,
    int priority,
    int gatewayPriority,
    String interfaceName) {
  public Attachment {
    for (String text : new String[] {network, key, name, ipv4, ipv6, mac, interfaceName}) {
      java.util.Objects.requireNonNull(text);
    }
    aliases = List.copyOf(aliases);
  }
}

package io.jcompose.engine.state;

import java.util.List;
import java.util.Map;

/**
 * A container's wish to be on a network.
 *
 * @param network the network's id
 * @param key the network's name in the Compose file; empty: the file does not name it
 * @param name the network's name on this host
 * @param aliases names that it answers to there, besides its own
 * @param ipv4 fixed address, or empty
 * @param ipv6 fixed address, or empty
 * @param mac fixed address, or empty
 * @param interfaceName name inside the container; empty: eth0, eth1, …
 * @param linkLocal further addresses that mean something on the network's link only
 * @param settings of the interface: sysctl(8) names in which IFNAME stands for its name
 * @param links names that only this container has for others while it is there: alias → name
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
    String interfaceName,
    List<String> linkLocal,
    Map<String, String> settings,
    Map<String, String> links) {
  public Attachment {
    for (String text : new String[] {network, key, name, ipv4, ipv6, mac, interfaceName}) {
      java.util.Objects.requireNonNull(text);
    }
    aliases = List.copyOf(aliases);
    // A record that an older build has written has none of them.
    linkLocal = linkLocal == null ? List.of() : List.copyOf(linkLocal);
    settings = settings == null ? Map.of() : Map.copyOf(settings);
    links = links == null ? Map.of() : Map.copyOf(links);
  }

  /** One without further addresses and settings. */
  public Attachment(
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
    this(
        network, key, name, aliases, ipv4, ipv6, mac, priority, gatewayPriority, interfaceName, List.of(),
        Map.of(), Map.of());
  }

  public Attachment withAliases(List<String> changed) {
    return new Attachment(
        network, key, name, changed, ipv4, ipv6, mac, priority, gatewayPriority, interfaceName, linkLocal,
        settings, links);
  }

  public Attachment withMac(String changed) {
    return new Attachment(
        network, key, name, aliases, ipv4, ipv6, changed, priority, gatewayPriority, interfaceName, linkLocal,
        settings, links);
  }
}

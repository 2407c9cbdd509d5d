package io.jcompose.engine;

import java.util.List;
import java.util.Map;

/**
 * A network as verbs show it.
 *
 * @param driver bridge, host or null
 * @param created milliseconds since the epoch; 0: unknown
 * @param ipv4 whether its containers have IPv4 addresses
 * @param ipv6 whether they have IPv6 addresses
 * @param bridge the name of its link on the host; empty: none
 * @param labels without those that are the engine's own affair
 * @param predefined whether it is one of those that are always there
 * @param places of containers, whether they run or not
 */
public record NetworkView(
    String id,
    String name,
    String driver,
    long created,
    boolean ipv4,
    boolean ipv6,
    boolean internal,
    boolean attachable,
    String bridge,
    Map<String, String> options,
    Map<String, String> labels,
    List<Subnet> subnets,
    boolean predefined,
    List<Place> places) {

  /** A subnet; {@code range} is empty when all of it is given out. */
  public record Subnet(String subnet, String range, String gateway, Map<String, String> auxiliary) {}

  /**
   * A container's place.
   *
   * @param running whether it is connected now
   * @param ipv4 its address with the prefix length, as 172.17.0.2/16; empty: none
   * @param ipv6 likewise
   */
  public record Place(
      String container, String containerName, boolean running, String mac, String ipv4, String ipv6) {}

  public String shortId() {
    return id.substring(0, Math.min(12, id.length()));
  }
}

package io.jcompose.plan;

import java.util.Set;

/**
 * Ports of the host that one container can have at a time.
 *
 * @param address of the host; empty for all
 * @param first the lowest one
 * @param last the highest one
 * @param protocol tcp or udp
 */
public record HostPorts(String address, int first, int last, String protocol) {
  private static final Set<String> ALL = Set.of("", "0.0.0.0", "::");

  /** Whether the two have a port in common, at some address. */
  public boolean meets(HostPorts other) {
    return protocol.equals(other.protocol)
        && first <= other.last
        && other.first <= last
        && (address.equals(other.address)
            || ALL.contains(address)
            || ALL.contains(other.address));
  }
}

package io.jcompose.network;

import io.jcompose.network.ipam.Cidr;

/**
 * A port of a container that shall be reached on the host.
 *
 * @param protocol tcp or udp
 * @param hostAddress where to listen; "" for every address of the host, IPv4 and IPv6
 * @param first the first host port that may be taken; 0: any free one, and {@code last} is 0 too
 * @param last the last host port that may be taken; the first free one of them is
 * @param containerPort where the container listens
 */
public record PortSpec(
    Protocol protocol, String hostAddress, int first, int last, int containerPort) {
  /** What a port belongs to. */
  public enum Protocol {
    TCP,
    UDP;

    /** The protocol's number in IP headers. */
    int number() {
      return this == TCP ? 6 : 17;
    }

    /** As Compose files write it. */
    public String text() {
      return this == TCP ? "tcp" : "udp";
    }
  }

  public PortSpec {
    if (containerPort < 1 || containerPort > 65535 || first < 0 || last < first || last > 65535) {
      throw new NetworkException(
          "ports are between 1 and 65535: " + first + "-" + last + ":" + containerPort);
    }
    if (!hostAddress.isEmpty()) {
      Cidr.parseAddress(hostAddress);
    }
  }

  public static PortSpec tcp(int hostPort, int containerPort) {
    return new PortSpec(Protocol.TCP, "", hostPort, hostPort, containerPort);
  }

  public static PortSpec tcp(String hostAddress, int hostPort, int containerPort) {
    return new PortSpec(Protocol.TCP, hostAddress, hostPort, hostPort, containerPort);
  }

  public static PortSpec udp(int hostPort, int containerPort) {
    return new PortSpec(Protocol.UDP, "", hostPort, hostPort, containerPort);
  }
}

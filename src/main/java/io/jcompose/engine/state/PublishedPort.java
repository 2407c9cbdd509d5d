package io.jcompose.engine.state;

/**
 * A port of a container that is to be reachable on the host.
 *
 * @param hostAddress an address, or empty for all
 * @param firstPort lowest port of the host that will do; 0: any
 * @param lastPort highest one
 * @param containerPort 1–65535
 * @param protocol tcp or udp
 */
public record PublishedPort(
    String hostAddress, int firstPort, int lastPort, int containerPort, String protocol) {
  public PublishedPort {
    java.util.Objects.requireNonNull(hostAddress, "hostAddress");
    java.util.Objects.requireNonNull(protocol, "protocol");
  }

  /** As Docker's tools print it, with the port that was bound. */
  public String display(int boundPort) {
    String all = containerPort + "/" + protocol;
    if (!hostAddress.isEmpty()) {
      String address = hostAddress.contains(":") ? "[" + hostAddress + "]" : hostAddress;
      return address + ":" + boundPort + "->" + all;
    }
    return "0.0.0.0:" + boundPort + "->" + all + ", [::]:" + boundPort + "->" + all;
  }
}

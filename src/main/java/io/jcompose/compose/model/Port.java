package io.jcompose.compose.model;

import java.util.Optional;

/**
 * A port of the container, published on the host.
 *
 * @param target the container's port, 1–65535
 * @param published the host's port; a range: any free one of it; empty: any free one
 * @param hostIp the host's address it is published on; empty: all
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param mode {@code ingress} or {@code host}
 * @param name a name for people
 * @param appProtocol such as {@code http}
 */
public record Port(
    int target,
    Optional<PortRange> published,
    Optional<String> hostIp,
    String protocol,
    String mode,
    Optional<String> name,
    Optional<String> appProtocol) {

  /** Publishes {@code target} as {@code published} over TCP on all addresses. */
  public static Port tcp(int published, int target) {
    return new Port(
        target,
        Optional.of(new PortRange(published, published)),
        Optional.empty(),
        "tcp",
        "ingress",
        Optional.empty(),
        Optional.empty());
  }
}

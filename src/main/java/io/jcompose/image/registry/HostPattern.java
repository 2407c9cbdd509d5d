package io.jcompose.image.registry;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One entry of {@code NO_PROXY} or of the insecure registries: {@code *}, a host, a domain suffix
 * with a leading dot, an IPv4 network; each may end in {@code :port}.
 *
 * @param host in lower case, without the dot or {@code *.} that came before it
 * @param prefixLength of an IPv4 network; empty for names
 */
record HostPattern(String host, OptionalInt prefixLength, OptionalInt port) {

  static HostPattern parse(String entry) {
    String text = entry.strip();
    OptionalInt port = OptionalInt.empty();
    int colon = text.lastIndexOf(':');
    boolean bareIpv6 = text.indexOf(':') != colon && !text.contains("]");
    if (colon > 0 && !bareIpv6 && text.substring(colon + 1).matches("\\d{1,5}")) {
      port = OptionalInt.of(Integer.parseInt(text.substring(colon + 1)));
      text = text.substring(0, colon);
    }
    int slash = text.indexOf('/');
    if (slash > 0
        && Hosts.ipv4(text.substring(0, slash)).isPresent()
        && text.substring(slash + 1).matches("[0-9]|[12][0-9]|3[0-2]")) {
      int length = Integer.parseInt(text.substring(slash + 1));
      return new HostPattern(text.substring(0, slash), OptionalInt.of(length), port);
    }
    if (text.startsWith("*.")) {
      text = text.substring(2);
    } else if (text.startsWith(".")) {
      text = text.substring(1);
    }
    return new HostPattern(Hosts.bare(text), OptionalInt.empty(), port);
  }

  /**
   * The host itself or a network that it lies in.
   *
   * @param bareHost as {@link Hosts#bare} gives it
   */
  boolean matches(String bareHost, int port) {
    if (this.port.isPresent() && this.port.getAsInt() != port) {
      return false;
    }
    return prefixLength.isPresent() ? contains(bareHost) : bareHost.equals(host);
  }

  /** As {@link #matches}, and also every host below a domain: what {@code NO_PROXY} means. */
  boolean matchesDomain(String bareHost, int port) {
    boolean below = host.equals("*") || bareHost.endsWith("." + host);
    boolean portFits = this.port.isEmpty() || this.port.getAsInt() == port;
    return below && portFits && prefixLength.isEmpty() || matches(bareHost, port);
  }

  private boolean contains(String bareHost) {
    int length = prefixLength.orElseThrow();
    int mask = length == 0 ? 0 : -1 << (32 - length);
    Optional<Integer> network = Hosts.ipv4(host);
    Optional<Integer> address = Hosts.ipv4(bareHost);
    return network.isPresent()
        && address.isPresent()
        && (network.get() & mask) == (address.get() & mask);
  }
}

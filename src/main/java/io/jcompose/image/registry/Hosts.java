package io.jcompose.image.registry;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a host is called and whether it is this machine; never asks a name server. */
final class Hosts {
  private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  private Hosts() {}

  /** The host in lower case, an IPv6 address without its brackets. */
  static String bare(URI uri) {
    return bare(Optional.ofNullable(uri.getHost()).orElse(""));
  }

  static String bare(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("[") && lower.endsWith("]")
        ? lower.substring(1, lower.length() - 1)
        : lower;
  }

  static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  /** {@code localhost}, 127.0.0.0/8 and ::1. */
  static boolean isLoopback(String bareHost) {
    if (bareHost.equals("localhost") || bareHost.equals("::1")) {
      return true;
    }
    var address = ipv4(bareHost);
    return address.isPresent() && address.get() >>> 24 == 127;
  }

  /** A dotted address as 32 bits. */
  static Optional<Integer> ipv4(String text) {
    var parts = IPV4.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int address = 0;
    for (int i = 1; i <= 4; i++) {
      int part = Integer.parseInt(parts.group(i));
      if (part > 255) {
        return Optional.empty();
      }
      address = address << 8 | part;
    }
    return Optional.of(address);
  }

  /** Same scheme, host and port: the only place where a secret of the first may go. */
  static boolean sameOrigin(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && bare(one).equals(bare(other))
        && port(one) == port(other);
  }
}

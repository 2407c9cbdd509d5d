package io.jcompose.network.dns;

import io.jcompose.network.dns.DnsZone.Addresses;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The zones of all networks, replaced as a whole. */
final class Zones {
  static final Zones EMPTY = new Zones(Map.of());

  /** Reverse names of the loopback range belong to nobody outside (RFC 6303). */
  private static final Subnet LOOPBACK = new Subnet(new byte[] {127, 0, 0, 0}, 8);

  /**
   * A last label like this may be a top-level domain (RFC 3696 §2, IDNA), any other can't be
   * public.
   */
  private static final Pattern PUBLIC = Pattern.compile("(.*\\.)?([a-z]+|xn--[a-z0-9-]+)");

  private final Map<String, DnsZone> byNetwork;
  private final Set<String> privateSuffixes = new HashSet<>();

  Zones(Map<String, DnsZone> byNetwork) {
    this.byNetwork = Map.copyOf(byNetwork);
    for (DnsZone zone : byNetwork.values()) {
      if (!PUBLIC.matcher(zone.network()).matches()) {
        privateSuffixes.add(zone.network());
      }
    }
  }

  /** The zones of the networks that {@code view} is on. */
  List<DnsZone> of(DnsView view) {
    List<DnsZone> zones = new ArrayList<>(view.networks().size());
    for (String network : view.networks()) {
      DnsZone zone = byNetwork.get(network);
      if (zone != null) {
        zones.add(zone);
      }
    }
    return zones;
  }

  /** Whether a name lies in one of our networks, and so must not be asked for outside. */
  boolean isPrivate(String name) {
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (privateSuffixes.contains(name.substring(dot + 1))) {
        return true;
      }
    }
    return name.endsWith(".arpa")
        && (LOOPBACK.covers(name) || byNetwork.values().stream().anyMatch(z -> z.covers(name)));
  }

  /** {@code name} as it is, or as a name in the network that its end names. */
  static Optional<Addresses> find(List<DnsZone> zones, String name) {
    for (DnsZone zone : zones) {
      Optional<Addresses> found = zone.find(name);
      if (found.isPresent()) {
        return found;
      }
    }
    for (DnsZone zone : zones) {
      int dot = name.length() - zone.network().length() - 1;
      if (dot > 0 && name.charAt(dot) == '.' && name.endsWith(zone.network())) {
        Optional<Addresses> found = zone.find(name.substring(0, dot));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}

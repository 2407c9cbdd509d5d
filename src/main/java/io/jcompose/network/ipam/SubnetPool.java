package io.jcompose.network.ipam;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Chooses a network's subnet. The order is Docker's (libnetwork ipamutils: 172.17–31/16, then
 * 192.168/16 cut in /20), then small ranges of 10/8 and of the carrier-grade range 100.64/10, for
 * hosts whose VPN has swallowed the usual ones.
 */
public final class SubnetPool {
  private static final int SMALL = 24;
  private static final int LISTED = 12;

  private SubnetPool() {}

  /**
   * A range that can't be given away.
   *
   * @param owner in words: "network shop_default", "route by tun0"
   */
  public record Taken(Cidr range, String owner) {}

  /**
   * The first free range.
   *
   * @throws AddressException when none is left; says who owns what
   */
  public static Cidr pick(List<Taken> taken) {
    for (Cidr candidate : usual()) {
      if (free(candidate, taken)) {
        return candidate;
      }
    }
    for (String pool : List.of("10.0.0.0/8", "100.64.0.0/10")) {
      Cidr large = Cidr.parse(pool);
      long parts = 1L << (SMALL - large.bits());
      // From the top: organisations and VPNs number from the bottom.
      for (long index = parts - 1; index >= 0; index--) {
        Cidr candidate = large.part(SMALL, index);
        if (free(candidate, taken)) {
          return candidate;
        }
      }
    }
    throw none(taken);
  }

  /** An own IPv6 range (RFC 4193) for the host {@code hostId}; free of those taken. */
  public static Cidr pickV6(String hostId, List<Taken> taken) {
    byte[] prefix = new byte[16];
    prefix[0] = (byte) 0xfd;
    System.arraycopy(sha256(hostId), 0, prefix, 1, 5);
    try {
      Cidr own = new Cidr(java.net.InetAddress.getByAddress(prefix), 48);
      for (int index = 0; index < 1 << 16; index++) {
        Cidr candidate = own.part(64, index);
        if (free(candidate, taken)) {
          return candidate;
        }
      }
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException(e);
    }
    throw none(taken);
  }

  /** Docker's pools, in its order: 31 networks. */
  static List<Cidr> usual() {
    List<Cidr> pools = new ArrayList<>();
    for (int second = 17; second <= 31; second++) {
      pools.add(Cidr.parse("172." + second + ".0.0/16"));
    }
    for (int part = 0; part < 16; part++) {
      pools.add(Cidr.parse("192.168." + 16 * part + ".0/20"));
    }
    return pools;
  }

  private static boolean free(Cidr candidate, List<Taken> taken) {
    return taken.stream().noneMatch(t -> t.range().overlaps(candidate));
  }

  private static AddressException none(List<Taken> taken) {
    String list =
        taken.stream()
            .limit(LISTED)
            .map(t -> "\n  " + t.range() + "  " + t.owner())
            .collect(Collectors.joining());
    String more = taken.size() > LISTED ? "\n  and " + (taken.size() - LISTED) + " more" : "";
    return new AddressException(
        "no subnet is left for a new network: all ranges overlap one that is in use:"
            + list
            + more
            + "\nremove networks that are not needed, or give the network a subnet of its own"
            + " (networks.<name>.ipam.config.subnet)");
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

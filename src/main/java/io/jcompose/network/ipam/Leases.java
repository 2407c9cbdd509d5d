package io.jcompose.network.ipam;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has which address of one subnet. Goes forward: an address that was given back is the last to
 * be given again. Not thread-safe.
 */
public final class Leases {
  private final Cidr subnet;
  private final Cidr range;
  private final Map<InetAddress, String> owners = new HashMap<>();
  private Set<InetAddress> awaited = Set.of();
  private BigInteger next;

  /**
   * Leases of {@code subnet}.
   *
   * @param range the part of the subnet that is given to those who ask for no particular address
   */
  public Leases(Cidr subnet, Cidr range) {
    if (!subnet.contains(range.address()) || range.bits() < subnet.bits()) {
      throw new AddressException("the range " + range + " is not inside the subnet " + subnet);
    }
    this.subnet = subnet;
    this.range = range;
    this.next = BigInteger.ZERO;
  }

  /**
   * Keeps addresses for those who will ask for just them; others get one only when no other is left.
   */
  public void keep(Set<InetAddress> addresses) {
    awaited = Set.copyOf(addresses);
  }

  /** Whether {@link #lease(String)} would find an address. */
  public boolean hasFree() {
    return free() != null;
  }

  /** Gives {@code owner} a free address. */
  public InetAddress lease(String owner) {
    InetAddress free = free();
    if (free == null) {
      throw new AddressException(
          "no address is left in "
              + range
              + ": all "
              + owners.size()
              + " are in use; give the network a"
              + " larger subnet");
    }
    next = range.indexOf(free).add(BigInteger.ONE).mod(range.size());
    owners.put(free, owner);
    return free;
  }

  /** The next free address, or null. */
  private InetAddress free() {
    BigInteger size = range.size();
    // A full range of owners, the awaited and the two reserved ones: after that many steps all were seen.
    BigInteger steps = size.min(BigInteger.valueOf(owners.size() + awaited.size() + 3L));
    InetAddress kept = null;
    for (BigInteger i = BigInteger.ZERO; i.compareTo(steps) < 0; i = i.add(BigInteger.ONE)) {
      InetAddress candidate = range.at(next.add(i).mod(size));
      if (usable(candidate) && !owners.containsKey(candidate)) {
        if (!awaited.contains(candidate)) {
          return candidate;
        }
        kept = kept == null ? candidate : kept;
      }
    }
    return kept;
  }

  /** Gives {@code owner} the address {@code wanted}. */
  public InetAddress lease(InetAddress wanted, String owner) {
    String text = wanted.getHostAddress();
    if (!subnet.contains(wanted)) {
      throw new AddressException(
          "the address " + text + " is not in the network's subnet " + subnet);
    }
    if (!usable(wanted)) {
      throw new AddressException("the address " + text + " is reserved in the subnet " + subnet);
    }
    String other = owners.putIfAbsent(wanted, owner);
    if (other != null && !other.equals(owner)) {
      throw new AddressException("the address " + text + " is in use by " + other);
    }
    return wanted;
  }

  /** Who has {@code address}. */
  public Optional<String> holder(InetAddress address) {
    return Optional.ofNullable(owners.get(address));
  }

  /** Takes the address back; unknown ones are none of our business. */
  public void release(InetAddress address) {
    owners.remove(address);
  }

  /**
   * Neither the subnet's own address nor (IPv4) its broadcast address; a /31 and a /32 have
   * neither.
   */
  private boolean usable(InetAddress address) {
    int hostBits = address.getAddress().length * 8 - subnet.bits();
    if (hostBits <= 1) {
      return true;
    }
    BigInteger index = subnet.indexOf(address);
    return index.signum() > 0
        && !(subnet.v4() && index.equals(subnet.size().subtract(BigInteger.ONE)));
  }
}

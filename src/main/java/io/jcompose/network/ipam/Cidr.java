package io.jcompose.network.ipam;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A range of addresses: {@code 172.17.0.0/16}. Host bits of the address are cleared.
 *
 * @param address the first address of the range
 * @param bits length of the network part
 */
public record Cidr(InetAddress address, int bits) {
  private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  public Cidr {
    int length = address.getAddress().length * 8;
    if (bits < 0 || bits > length) {
      throw new IllegalArgumentException(
          "a prefix length is between 0 and " + length + ": " + bits);
    }
    BigInteger hosts = BigInteger.ONE.shiftLeft(length - bits).subtract(BigInteger.ONE);
    address = address(number(address).andNot(hosts), length / 8);
  }

  /** Reads {@code address/bits}; never asks a name server. */
  @JsonCreator
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    try {
      if (slash > 0) {
        return new Cidr(
            parseAddress(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a subnet: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not a subnet: write it as 172.30.0.0/16");
  }

  /** Reads a literal address; never asks a name server. */
  public static InetAddress parseAddress(String text) {
    try {
      // Java also reads 172.17 and 0x7f.1, as inet_aton(3) does; nobody means that.
      if (text.contains(":") || FOUR_NUMBERS.matcher(text).matches()) {
        return InetAddress.ofLiteral(text);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not an IP address", e);
    }
    throw new IllegalArgumentException("\"" + text + "\" is not an IP address");
  }

  public boolean v4() {
    return address.getAddress().length == 4;
  }

  /** How many addresses the range has. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(address.getAddress().length * 8 - bits);
  }

  /** The address {@code index} places after the first. */
  public InetAddress at(BigInteger index) {
    if (index.signum() < 0 || index.compareTo(size()) >= 0) {
      throw new IllegalArgumentException(index + " is outside of " + this);
    }
    return address(number(address).add(index), address.getAddress().length);
  }

  public InetAddress at(long index) {
    return at(BigInteger.valueOf(index));
  }

  /** The first address behind the range. */
  public InetAddress after() {
    return address(number(address).add(size()), address.getAddress().length);
  }

  /** The place of {@code member} in the range. */
  public BigInteger indexOf(InetAddress member) {
    return number(member).subtract(number(address));
  }

  public boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && new Cidr(other, bits).address.equals(address);
  }

  public boolean overlaps(Cidr other) {
    return other.v4() == v4() && (contains(other.address) || other.contains(address));
  }

  /** The range of length {@code newBits} that is number {@code index} within this one. */
  public Cidr part(int newBits, long index) {
    int shift = address.getAddress().length * 8 - newBits;
    return new Cidr(at(BigInteger.valueOf(index).shiftLeft(shift)), newBits);
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  private static InetAddress address(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int count = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
    try {
      return InetAddress.getByAddress(fixed);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(Arrays.toString(fixed), e);
    }
  }

  @Override
  @JsonValue
  public String toString() {
    return address.getHostAddress() + "/" + bits;
  }
}

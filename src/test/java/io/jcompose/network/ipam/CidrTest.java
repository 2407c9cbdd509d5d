package io.jcompose.network.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "172.17.5.6/16, 172.17.0.0/16",
    "10.0.0.0/8, 10.0.0.0/8",
    "1.2.3.4/32, 1.2.3.4/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "fd00::1/64, fd00:0:0:0:0:0:0:0/64"
  })
  void hostBitsAreCleared(String text, String expected) {
    assertThat(Cidr.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "172.17.0.0",
        "172.17.0.0/33",
        "172.17.0/16",
        "example.org/8",
        "::/129",
        "1.2.3.4/x"
      })
  void whatIsNoSubnetIsRefusedByName(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\" is not a subnet");
  }

  @Test
  void aNameIsNeverLookedUp() {
    assertThatThrownBy(() -> Cidr.parseAddress("localhost"))
        .hasMessage("\"localhost\" is not an IP address");
  }

  @Test
  void addressesAreCountedFromTheFirst() {
    Cidr subnet = Cidr.parse("172.17.0.0/16");
    assertThat(subnet.at(1).getHostAddress()).isEqualTo("172.17.0.1");
    assertThat(subnet.at(65535).getHostAddress()).isEqualTo("172.17.255.255");
    assertThat(subnet.after().getHostAddress()).isEqualTo("172.18.0.0");
    assertThatThrownBy(() -> subnet.at(65536)).hasMessageContaining("outside");
  }

  @Property
  void twoRangesOverlapWhenOneHoldsTheOthersFirstAddress(
      @ForAll int a,
      @ForAll @IntRange(max = 32) int bitsA,
      @ForAll int b,
      @ForAll @IntRange(max = 32) int bitsB) {
    Cidr first = cidr(a, bitsA);
    Cidr second = cidr(b, bitsB);
    long firstEnd = number(first) + (1L << 32 - bitsA);
    long secondEnd = number(second) + (1L << 32 - bitsB);
    boolean overlap = number(first) < secondEnd && number(second) < firstEnd;
    assertThat(first.overlaps(second)).isEqualTo(overlap);
    assertThat(second.overlaps(first)).isEqualTo(overlap);
  }

  private static Cidr cidr(int address, int bits) {
    String text =
        (address >>> 24)
            + "."
            + (address >> 16 & 255)
            + "."
            + (address >> 8 & 255)
            + "."
            + (address & 255);
    return Cidr.parse(text + "/" + bits);
  }

  private static long number(Cidr cidr) {
    return cidr.indexOf(Cidr.parseAddress("0.0.0.0")).negate().longValueExact();
  }
}

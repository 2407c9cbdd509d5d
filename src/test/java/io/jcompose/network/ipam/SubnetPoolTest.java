package io.jcompose.network.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SubnetPoolTest {
  private static SubnetPool.Taken taken(String range, String owner) {
    return new SubnetPool.Taken(Cidr.parse(range), owner);
  }

  @Test
  void theOrderIsDockers() {
    List<SubnetPool.Taken> taken = new ArrayList<>();
    List<String> given = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      Cidr next = SubnetPool.pick(taken);
      given.add(next.toString());
      taken.add(new SubnetPool.Taken(next, "network " + i));
    }
    assertThat(given)
        .startsWith("172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16")
        .contains("172.31.0.0/16", "192.168.0.0/20", "192.168.240.0/20")
        .endsWith("10.255.255.0/24", "10.255.254.0/24");
    assertThat(given.get(15)).isEqualTo("192.168.0.0/20");
  }

  @Test
  void aVpnThatHasSwallowedThePrivateRangesLeavesTheCarriersOne() {
    List<SubnetPool.Taken> taken =
        List.of(
            taken("172.16.0.0/12", "route by tun0"),
            taken("192.168.0.0/16", "route by tun0"),
            taken("10.0.0.0/8", "route by tun0"));
    assertThat(SubnetPool.pick(taken)).hasToString("100.127.255.0/24");
  }

  @Test
  void whenNothingIsLeftTheErrorSaysWhoHasWhat() {
    List<SubnetPool.Taken> taken =
        List.of(
            taken("172.16.0.0/12", "route by tun0"),
            taken("192.168.0.0/16", "network shop_default"),
            taken("10.0.0.0/8", "route by tun0"),
            taken("100.64.0.0/10", "route by tailscale0"));
    assertThatThrownBy(() -> SubnetPool.pick(taken))
        .isInstanceOf(AddressException.class)
        .hasMessage(
            """
            no subnet is left for a new network: all ranges overlap one that is in use:
              172.16.0.0/12  route by tun0
              192.168.0.0/16  network shop_default
              10.0.0.0/8  route by tun0
              100.64.0.0/10  route by tailscale0
            remove networks that are not needed, or give the network a subnet of its own \
            (networks.<name>.ipam.config.subnet)\
            """);
  }

  @Test
  void ipv6RangesAreTheHostsOwn() {
    Cidr first = SubnetPool.pickV6("host", List.of());
    Cidr second = SubnetPool.pickV6("host", List.of(new SubnetPool.Taken(first, "network a")));
    assertThat(first.toString()).startsWith("fd").endsWith("/64");
    assertThat(second).isNotEqualTo(first);
    assertThat(new Cidr(second.address(), 48)).isEqualTo(new Cidr(first.address(), 48));
    assertThat(SubnetPool.pickV6("other", List.of())).isNotEqualTo(first);
  }

  @Property(tries = 200)
  void whatIsPickedOverlapsNothing(
      @ForAll @Size(max = 30) List<@IntRange(max = 255) Integer> seconds,
      @ForAll @IntRange(min = 9, max = 24) int bits) {
    List<SubnetPool.Taken> taken = new ArrayList<>();
    for (int second : seconds) {
      taken.add(taken("172." + second + ".7.0/" + bits, "a"));
      taken.add(taken("192.168." + second + ".0/" + Math.max(16, bits), "b"));
    }
    Cidr picked = SubnetPool.pick(taken);
    assertThat(taken).noneMatch(t -> t.range().overlaps(picked));
  }
}

package io.jcompose.network.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private static final Cidr SUBNET = Cidr.parse("172.17.0.0/29");

  private static Leases leases(String subnet) {
    return new Leases(Cidr.parse(subnet), Cidr.parse(subnet));
  }

  private static InetAddress address(String text) {
    return Cidr.parseAddress(text);
  }

  @Test
  void addressesGoForward() {
    Leases leases = leases("172.17.0.0/29");
    assertThat(leases.lease("gateway")).isEqualTo(SUBNET.at(1));
    InetAddress first = leases.lease("a");
    assertThat(first).isEqualTo(SUBNET.at(2));
    leases.release(first);
    assertThat(leases.lease("b")).isEqualTo(SUBNET.at(3));
  }

  @Test
  void aFullSubnetSaysSo() {
    Leases leases = leases("172.17.0.0/29");
    for (int i = 0; i < 6; i++) {
      leases.lease("c" + i);
    }
    assertThatThrownBy(() -> leases.lease("one more"))
        .hasMessageStartingWith("no address is left in 172.17.0.0/29: all 6 are in use");
    leases.release(SUBNET.at(4));
    assertThat(leases.lease("one more")).isEqualTo(SUBNET.at(4));
  }

  @Test
  void anAddressThatIsKeptGoesToOthersOnlyWhenNoOtherIsLeft() {
    Leases leases = leases("172.17.0.0/29");
    leases.keep(Set.of(SUBNET.at(1), SUBNET.at(3)));
    assertThat(leases.lease("a")).isEqualTo(SUBNET.at(2));
    assertThat(leases.lease("b")).isEqualTo(SUBNET.at(4));
    assertThat(leases.lease(SUBNET.at(3), "dns")).isEqualTo(SUBNET.at(3));
    assertThat(leases.lease("c")).isEqualTo(SUBNET.at(5));
    assertThat(leases.lease("d")).isEqualTo(SUBNET.at(6));
    assertThat(leases.lease("e")).isEqualTo(SUBNET.at(1));
    assertThat(leases.hasFree()).isFalse();
  }

  @Test
  void aFixedAddressMustBeInTheSubnetAndFree() {
    Leases leases = leases("172.17.0.0/29");
    leases.lease(address("172.17.0.5"), "db");
    assertThatThrownBy(() -> leases.lease(address("172.17.0.5"), "web"))
        .hasMessage("the address 172.17.0.5 is in use by db");
    assertThatThrownBy(() -> leases.lease(address("10.0.0.5"), "web"))
        .hasMessage("the address 10.0.0.5 is not in the network's subnet 172.17.0.0/29");
    assertThatThrownBy(() -> leases.lease(address("172.17.0.7"), "web"))
        .hasMessage("the address 172.17.0.7 is reserved in the subnet 172.17.0.0/29");
  }

  @Test
  void onlyTheRangeIsGivenButAllOfTheSubnetMayBeAskedFor() {
    Leases leases = new Leases(Cidr.parse("172.28.0.0/16"), Cidr.parse("172.28.5.0/24"));
    assertThat(leases.lease("a")).isEqualTo(address("172.28.5.0"));
    assertThat(leases.lease(address("172.28.9.9"), "b")).isEqualTo(address("172.28.9.9"));
    assertThatThrownBy(() -> new Leases(SUBNET, Cidr.parse("10.0.0.0/30")))
        .hasMessageContaining("is not inside the subnet");
  }

  @Test
  void ipv6HasNoBroadcastAddress() {
    Leases leases = leases("fd00::/126");
    assertThat(leases.lease("a")).isEqualTo(address("fd00::1"));
    leases.lease("b");
    assertThat(leases.lease("c")).isEqualTo(address("fd00::3"));
  }

  @Property
  void nobodyEverGetsAnAddressThatAnotherHas(
      @ForAll @Size(max = 60) java.util.List<@IntRange(max = 9) Integer> steps) {
    Leases leases = leases("172.17.0.0/28");
    Map<String, InetAddress> held = new HashMap<>();
    for (int who : steps) {
      String owner = "c" + who;
      if (held.containsKey(owner)) {
        leases.release(held.remove(owner));
      } else {
        InetAddress address = leases.lease(owner);
        assertThat(held.values()).doesNotContain(address);
        held.put(owner, address);
      }
    }
  }
}

package io.jcompose.container.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-|-|a80425fb",
        "-|ALL|0",
        "net_bind_service|all|400",
        "NET_ADMIN|-|a80435fb",
        "-|CAP_CHOWN|a80425fa",
        "chown|chown|a80425fb",
        "ALL|-|1ffffffffff",
        "ALL|SYS_ADMIN|1ffffdfffff",
        "cap_sys_time|NET_RAW|aa0405fb"
      })
  void addAndDrop(String add, String drop, String expected) {
    List<String> added = add == null ? List.of() : List.of(add);
    List<String> dropped = drop == null ? List.of() : List.of(drop);
    assertThat(Long.toHexString(Capabilities.resolve(added, dropped, Capabilities.all(40)))).isEqualTo(expected);
  }

  @Test
  void allEndsAtTheKernelsLast() {
    assertThat(Long.bitCount(Capabilities.resolve(List.of("all"), List.of(), Capabilities.all(37)))).isEqualTo(38);
  }

  @Test
  void theDefaultsAreDockers14() {
    assertThat(Capabilities.names(Capabilities.DEFAULT))
        .containsExactlyInAnyOrder(
            "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW",
            "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE");
  }

  @Test
  void whatTheHostItselfLacksCannotBeGiven() {
    long available = Capabilities.all(40) & ~Capabilities.bit("SYS_TIME");
    assertThat(Capabilities.resolve(List.of("ALL"), List.of(), available)).isEqualTo(available);
    assertThatThrownBy(() -> Capabilities.resolve(List.of("SYS_TIME"), List.of(), available))
        .hasMessageContaining("CAP_SYS_TIME");
  }

  @Test
  void anUnknownNameIsAnError() {
    assertThatThrownBy(() -> Capabilities.resolve(List.of("SYS_ADMN"), List.of(), -1))
        .hasMessageContaining("SYS_ADMN");
  }
}

package io.jcompose.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What only one container can have at a time, by the settings that it is made from.
 *
 * @param ports where it can be reached on the host; those that any free port will do for are left out
 * @param addresses its fixed addresses in networks
 */
record Held(List<HostPorts> ports, Set<String> addresses) {
  /** Reads what {@link ConfigKeys} writes. */
  static Held of(Config config) {
    List<HostPorts> ports = new ArrayList<>();
    Set<String> addresses = new HashSet<>();
    for (Map.Entry<String, String> setting : config.keys().entrySet()) {
      String key = setting.getKey();
      if (key.startsWith("ports[")) {
        String protocol = key.substring(key.lastIndexOf('/') + 1, key.length() - 1);
        for (String published : setting.getValue().split(", ")) {
          ConfigValues.hostPorts(published, protocol).ifPresent(ports::add);
        }
      } else if (key.startsWith("networks.")
          && (key.endsWith(".ipv4_address") || key.endsWith(".ipv6_address"))) {
        addresses.add(setting.getValue());
      }
    }
    return new Held(ports, addresses);
  }

  boolean nothing() {
    return ports.isEmpty() && addresses.isEmpty();
  }

  /** Whether one of the two has to be gone before the other can have what it wants. */
  boolean meets(Held other) {
    return ports.stream().anyMatch(mine -> other.ports.stream().anyMatch(mine::meets))
        || addresses.stream().anyMatch(other.addresses::contains);
  }
}

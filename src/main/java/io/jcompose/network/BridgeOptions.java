package io.jcompose.network;

import io.jcompose.network.ipam.Cidr;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What {@code driver_opts} say about a network's bridge; the names are those of Docker's bridge driver.
 *
 * @param name of the bridge on the host; "" for one that we choose
 * @param containersTalk whether containers of the network reach each other (enable_icc)
 * @param masquerade whether the outside sees the host's address in place of the containers'
 * @param publishOn the address of the host that ports without one are published on; "" for all
 * @param mtu in bytes; 0: that of the host's default route
 * @param interfacePrefix what interfaces in containers are called before their number: "eth"
 * @param withoutIpv4 whether the bridge itself gets no IPv4 address
 */
public record BridgeOptions(
    String name,
    boolean containersTalk,
    boolean masquerade,
    String publishOn,
    int mtu,
    String interfacePrefix,
    boolean withoutIpv4) {
  private static final String BRIDGE = "com.docker.network.bridge.";
  private static final String NAME = BRIDGE + "name";
  private static final String ICC = BRIDGE + "enable_icc";
  private static final String MASQUERADE = BRIDGE + "enable_ip_masquerade";
  private static final String PUBLISH_ON = BRIDGE + "host_binding_ipv4";
  private static final String WITHOUT_IPV4 = BRIDGE + "inhibit_ipv4";
  private static final String MTU = "com.docker.network.driver.mtu";
  private static final String PREFIX = "com.docker.network.container_iface_prefix";
  private static final Set<String> MODES =
      Set.of(BRIDGE + "gateway_mode_ipv4", BRIDGE + "gateway_mode_ipv6");

  /** Of no meaning here: which of Docker's networks is its default one. */
  private static final String DEFAULT_BRIDGE = BRIDGE + "default_bridge";

  /**
   * Reads options.
   *
   * @throws NetworkException when a value is none, or an option of these families is not known
   */
  static BridgeOptions of(Map<String, String> options) {
    options.forEach(BridgeOptions::check);
    String name = options.getOrDefault(NAME, "");
    if (!name.isEmpty()) {
      EndpointConfig.checkInterfaceName(name);
    }
    String prefix = options.getOrDefault(PREFIX, "eth");
    EndpointConfig.checkInterfaceName(prefix + "0");
    String publishOn = options.getOrDefault(PUBLISH_ON, "");
    if (!publishOn.isEmpty()) {
      publishOn = address(publishOn);
    }
    return new BridgeOptions(
        name,
        truth(options, ICC, true),
        truth(options, MASQUERADE, true),
        publishOn,
        number(options.getOrDefault(MTU, "0")),
        prefix,
        truth(options, WITHOUT_IPV4, false));
  }

  private static void check(String option, String value) {
    if (MODES.contains(option)) {
      if (!value.equals("nat")) {
        throw new NetworkException(option + " can only be nat here: " + value);
      }
      return;
    }
    boolean bridges = option.startsWith(BRIDGE) || option.startsWith("com.docker.network.driver.");
    Set<String> known = Set.of(NAME, ICC, MASQUERADE, PUBLISH_ON, WITHOUT_IPV4, MTU, DEFAULT_BRIDGE);
    if (bridges && !known.contains(option)) {
      throw new NetworkException("the bridge driver has no option " + option);
    }
  }

  private static boolean truth(Map<String, String> options, String option, boolean otherwise) {
    String value = options.get(option);
    if (value == null) {
      return otherwise;
    }
    // As Go's strconv.ParseBool, which Docker reads them with.
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "t", "true" -> true;
      case "0", "f", "false" -> false;
      default -> throw new NetworkException(option + " is true or false: \"" + value + "\"");
    };
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new NetworkException(MTU + " is a number of bytes: \"" + text + "\"", e);
    }
  }

  private static String address(String text) {
    try {
      return Cidr.parseAddress(text).isAnyLocalAddress() ? "" : text;
    } catch (IllegalArgumentException e) {
      throw new NetworkException(PUBLISH_ON + ": " + e.getMessage(), e);
    }
  }
}

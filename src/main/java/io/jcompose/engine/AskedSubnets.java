package io.jcompose.engine;

import io.jcompose.network.ipam.Cidr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Subnets as a command gives them: apart from what belongs to each, which is told by where it lies. */
final class AskedSubnets {
  private AskedSubnets() {}

  /**
   * Gives each range, gateway and auxiliary address to the subnet that it lies in.
   *
   * @throws EngineException when a text is no address, or one lies in no subnet
   */
  static List<NetworkView.Subnet> of(
      List<String> subnets, List<String> ranges, List<String> gateways, Map<String, String> auxiliary) {
    List<NetworkView.Subnet> all = new ArrayList<>();
    List<String> left = new ArrayList<>(ranges);
    left.addAll(gateways);
    Map<String, String> others = new LinkedHashMap<>(auxiliary);
    for (String subnet : subnets) {
      Map<String, String> own = new LinkedHashMap<>();
      others.forEach(
          (name, address) -> {
            if (within(subnet, address)) {
              own.put(name, address);
            }
          });
      others.keySet().removeAll(own.keySet());
      String range = one(ranges, subnet, "range");
      String gateway = one(gateways, subnet, "gateway");
      left.remove(range);
      left.remove(gateway);
      all.add(new NetworkView.Subnet(subnet, range, gateway, own));
    }
    left.addAll(others.values());
    if (!left.isEmpty()) {
      throw new EngineException("no matching subnet for " + left.getFirst() + "; give the subnet that it lies in");
    }
    return all;
  }

  private static String one(List<String> texts, String subnet, String what) {
    List<String> own = texts.stream().filter(text -> within(subnet, text)).toList();
    if (own.size() > 1) {
      throw new EngineException("the subnet " + subnet + " has more than one " + what + ": " + String.join(", ", own));
    }
    return own.isEmpty() ? "" : own.getFirst();
  }

  private static boolean within(String subnet, String text) {
    try {
      return Cidr.parse(subnet)
          .contains(text.contains("/") ? Cidr.parse(text).address() : Cidr.parseAddress(text));
    } catch (IllegalArgumentException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }
}

package io.jcompose.compose.load;

import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.PortRange;
import io.jcompose.compose.model.ServiceNetwork;
import java.util.Optional;

/** Makes the record of a service's networking of its canonical tree. */
final class NetworkingReader {

  private NetworkingReader() {}

  static Networking read(View service) {
    return new Networking(
        service.entries("networks", NetworkingReader::network),
        service.text("network_mode"),
        service.list("ports", NetworkingReader::port),
        service.texts("expose"),
        service.texts("links"),
        service.texts("external_links"),
        service.text("hostname"),
        service.text("domainname"),
        service.texts("dns"),
        service.texts("dns_search"),
        service.texts("dns_opt"),
        BuildReader.hosts(service),
        service.text("mac_address"));
  }

  private static ServiceNetwork network(String key, View network) {
    return new ServiceNetwork(
        key,
        network.texts("aliases"),
        network.text("ipv4_address"),
        network.text("ipv6_address"),
        network.texts("link_local_ips"),
        network.text("mac_address"),
        network.integer("priority").orElse(0),
        network.integer("gw_priority").orElse(0),
        network.text("interface_name"),
        network.labels("driver_opts"));
  }

  private static Port port(View port) {
    return new Port(
        port.integer("target").orElseThrow(() -> port.error("target", "the target is missing")),
        port.text("published").flatMap(text -> range(port, text)),
        port.text("host_ip"),
        port.text("protocol").orElse("tcp"),
        port.text("mode").orElse("ingress"),
        port.text("name"),
        port.text("app_protocol"));
  }

  /** Empty for {@code 0}: any free port. */
  private static Optional<PortRange> range(View port, String text) {
    int dash = text.indexOf('-');
    int first = number(port, dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : number(port, text.substring(dash + 1));
    if (last < first) {
      throw port.error("published", "the range " + text + " ends before it begins");
    }
    return last == 0 ? Optional.empty() : Optional.of(new PortRange(first, last));
  }

  private static int number(View port, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= 65535) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw port.error("published", "not a port: " + text);
    }
    throw port.error(
        "published", "the port " + text + " is out of range; ports go from 1 to 65535");
  }
}

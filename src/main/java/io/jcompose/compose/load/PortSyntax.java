package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Reads {@code [ip:][published:]target[/protocol]}, ranges included. */
final class PortSyntax {

  private static final int MAX_PORTS = 32_768;

  private record Range(int first, int last) {
    int size() {
      return last - first;
    }
  }

  private final Node at;
  private final String spec;
  private final String path;

  private PortSyntax(Node at, String spec, String path) {
    this.at = at;
    this.spec = spec;
    this.path = path;
  }

  /** One entry for each port of the container. */
  static List<MapNode> parse(Node at, String spec, String path) {
    return new PortSyntax(at, spec, path).parse();
  }

  private List<MapNode> parse() {
    int slash = spec.lastIndexOf('/');
    String protocol = slash < 0 ? "" : spec.substring(slash + 1).toLowerCase(Locale.ROOT);
    String address = slash < 0 ? spec : spec.substring(0, slash);
    if (protocol.isEmpty()) {
      protocol = "tcp";
    }
    if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
      throw invalid("invalid proto: " + protocol, "tcp, udp and sctp are known");
    }
    int last = address.lastIndexOf(':');
    String target = address.substring(last + 1);
    String rest = last < 0 ? "" : address.substring(0, last);
    int first = rest.lastIndexOf(':');
    String published = rest.substring(first + 1);
    String ip = first < 0 ? "" : rest.substring(0, first);
    if (ip.startsWith("[") && ip.endsWith("]")) {
      ip = ip.substring(1, ip.length() - 1);
    }
    if (!ip.isEmpty() && !Addresses.isIp(ip)) {
      throw invalid("invalid IP address: " + ip, null);
    }
    if (target.isEmpty()) {
      throw invalid("no port specified: " + spec, null);
    }
    Range container = range(target, "containerPort");
    Range host = published.isEmpty() ? null : range(published, "hostPort");
    if (host != null && host.size() != container.size() && container.size() > 0) {
      throw invalid("invalid ranges specified for container and host Ports: " + spec, null);
    }
    if (container.size() >= MAX_PORTS) {
      throw invalid(
          "the range " + target + " has more than " + MAX_PORTS + " ports",
          "a container that needs so many is better off with network_mode: host");
    }
    List<MapNode> ports = new ArrayList<>();
    for (int i = 0; i <= container.size(); i++) {
      MapNode port = new MapNode(at.place());
      port.put("mode", "ingress");
      if (!ip.isEmpty()) {
        port.put("host_ip", ip);
      }
      port.put("target", (long) container.first() + i);
      if (host != null) {
        boolean any = container.size() == 0 && host.size() > 0;
        port.put("published", any ? published : Integer.toString(host.first() + i));
      }
      port.put("protocol", protocol);
      ports.add(port);
    }
    ports.sort(Comparator.comparing(p -> p.text("target")));
    return ports;
  }

  private Range range(String text, String what) {
    int dash = text.indexOf('-');
    int first = number(dash < 0 ? text : text.substring(0, dash), what);
    int last = dash < 0 ? first : number(text.substring(dash + 1), what);
    if (last < first) {
      throw invalid("invalid " + what + ": " + text, "the range ends before it begins");
    }
    return new Range(first, last);
  }

  private int number(String text, String what) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65535 && Character.isDigit(text.charAt(0))) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw invalid("invalid " + what + ": " + text, "a port is a number from 1 to 65535");
    }
    throw invalid("invalid " + what + ": " + text, "ports go from 1 to 65535");
  }

  private ComposeException invalid(String message, String hint) {
    var problem = at.place().problem(path, message);
    return new ComposeException(hint == null ? problem : problem.withHint(hint));
  }
}

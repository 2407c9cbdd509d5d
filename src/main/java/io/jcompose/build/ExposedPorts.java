package io.jcompose.build;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** EXPOSE: {@code 80}, {@code 80/udp}, {@code 8000-8010/tcp}. */
final class ExposedPorts {
  private static final Pattern PORTS =
      Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/((?i:tcp|udp|sctp)))?");

  private ExposedPorts() {}

  /**
   * The single ports as {@code number/protocol}. Of {@code address:port:port}, which other builders
   * take with a warning, the last part counts.
   */
  static List<String> parse(String text, Text at) {
    Matcher ports = PORTS.matcher(text.substring(text.lastIndexOf(':') + 1));
    if (!ports.matches()) {
      throw at.error("\"" + text + "\" is not a port, such as 80 or 8000-8010/udp");
    }
    int first = Integer.parseInt(ports.group(1));
    int last = ports.group(2) == null ? first : Integer.parseInt(ports.group(2));
    if (first < 1 || last > 65535 || last < first) {
      throw at.error("ports are from 1 to 65535, the lower one first: \"" + text + "\"");
    }
    String protocol =
        ports.group(3) == null ? "tcp" : ports.group(3).toLowerCase(java.util.Locale.ROOT);
    List<String> result = new ArrayList<>();
    for (int port = first; port <= last; port++) {
      result.add(port + "/" + protocol);
    }
    return result;
  }
}

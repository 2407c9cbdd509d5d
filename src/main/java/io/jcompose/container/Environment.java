package io.jcompose.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment of a container's process. */
final class Environment {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Environment() {}

  /** {@code base}, then {@code over}; PATH, HOSTNAME, HOME and TERM where they are absent. */
  static List<String> of(
      List<String> base, List<String> over, String hostname, String home, boolean tty) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("PATH", PATH);
    if (!hostname.isEmpty()) {
      values.put("HOSTNAME", hostname);
    }
    if (tty) {
      values.put("TERM", "xterm");
    }
    List<String> given = new ArrayList<>(base);
    given.addAll(over);
    for (String pair : given) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    values.putIfAbsent("HOME", home);
    return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }
}

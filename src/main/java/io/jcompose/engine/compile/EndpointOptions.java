package io.jcompose.engine.compile;

import io.jcompose.engine.EngineException;
import java.util.Map;
import java.util.TreeMap;

/** What {@code driver_opts} of a service's network say of its interface; the names are Docker's. */
public final class EndpointOptions {
  private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";
  private static final String NAME = "com.docker.network.endpoint.ifname";

  private EndpointOptions() {}

  /** The name of the interface, or empty. */
  public static String interfaceName(Map<String, String> options) {
    return options.getOrDefault(NAME, "");
  }

  /**
   * The settings of the interface, {@code net.ipv4.conf.IFNAME.log_martians=1,…}: name → value.
   *
   * @param where for whoever reads the error: which service, which network
   */
  public static Map<String, String> settings(Map<String, String> options, String where) {
    options.keySet().stream()
        .filter(option -> !option.equals(SYSCTLS) && !option.equals(NAME))
        .findFirst()
        .ifPresent(
            option -> {
              throw new EngineException(
                  where + ": an interface has no option " + option + "; it has " + SYSCTLS + " and " + NAME);
            });
    Map<String, String> settings = new TreeMap<>();
    String text = options.getOrDefault(SYSCTLS, "");
    for (String pair : text.isEmpty() ? new String[0] : text.split(",")) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new EngineException(where + ": " + SYSCTLS + ": \"" + pair + "\" is no NAME=VALUE");
      }
      settings.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return settings;
  }
}

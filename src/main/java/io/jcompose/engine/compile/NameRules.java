package io.jcompose.engine.compile;

import io.jcompose.compose.model.HostEntry;
import io.jcompose.compose.model.NameText;
import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;
import java.net.InetAddress;
import java.util.List;

/** What may stand in a container's /etc/hosts and /etc/resolv.conf, wherever it comes from. */
final class NameRules {
  private static final String HOST_GATEWAY = "host-gateway";

  private NameRules() {}

  static void check(Service service) {
    Networking of = service.networking();
    of.hostname().ifPresent(name -> word(service, "hostname", name));
    of.domainname().ifPresent(name -> word(service, "domainname", name));
    words(service, "dns_search", of.dnsSearch());
    words(service, "dns_opt", of.dnsOptions());
    of.networks().values().forEach(network -> words(service, "aliases", network.aliases()));
    for (HostEntry entry : of.extraHosts()) {
      word(service, "extra_hosts", entry.name());
      if (!entry.address().equals(HOST_GATEWAY)) {
        address(service, "extra_hosts: " + entry.name(), entry.address());
      }
    }
    of.dns().forEach(server -> address(service, "dns", server));
  }

  private static void words(Service service, String key, List<String> texts) {
    texts.forEach(text -> word(service, key, text));
  }

  private static void word(Service service, String key, String text) {
    if (!NameText.isOneWord(text)) {
      throw new EngineException(
          where(service, key) + "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\" is more than one word");
    }
  }

  private static void address(Service service, String key, String text) {
    try {
      if (NameText.isOneWord(text)) {
        InetAddress.ofLiteral(text);
        return;
      }
    } catch (IllegalArgumentException e) {
      // Said below, as for any other text that is no address.
    }
    throw new EngineException(
        where(service, key) + "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\" is not an IP address");
  }

  private static String where(Service service, String key) {
    return "service \"" + service.name() + "\": " + key + ": ";
  }
}

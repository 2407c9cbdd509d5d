package io.jcompose.engine;

import io.jcompose.engine.state.Attachment;
import io.jcompose.network.Endpoint;
import io.jcompose.network.Network;
import io.jcompose.network.Networks;
import io.jcompose.network.dns.DnsServer;
import io.jcompose.network.dns.DnsView;
import io.jcompose.network.dns.DnsZone;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the DNS server's zones equal to what runs: every running container under all of its names. */
final class NameZones {
  private final Networks networks;
  private final DnsServer server;
  private final Map<String, Running> running = new HashMap<>();

  private record Running(
      String name, String hostname, List<Attachment> attachments, List<Endpoint> endpoints) {}

  NameZones(Networks networks, DnsServer server) {
    this.networks = networks;
    this.server = server;
  }

  /** The container has these places now. */
  synchronized void up(
      String id, String name, String hostname, List<Attachment> attachments, List<Endpoint> endpoints) {
    running.put(id, new Running(name, hostname, attachments, endpoints));
    publish();
  }

  synchronized void down(String id) {
    if (running.remove(id) != null) {
      publish();
    }
  }

  /** What a container on these networks may ask for. */
  DnsView view(
      List<Attachment> attachments, Map<String, String> links, List<InetAddress> servers) {
    List<String> keys = attachments.stream().map(Attachment::network).toList();
    boolean outside =
        attachments.stream()
            .anyMatch(
                a -> networks.find(a.network()).map(n -> !n.config().internal()).orElse(false));
    Map<String, String> all = new HashMap<>(links);
    attachments.forEach(a -> all.putAll(a.links()));
    return new DnsView(keys, all, outside, servers);
  }

  private void publish() {
    Map<String, DnsZone.Builder> builders = new HashMap<>();
    for (Network network : networks.list()) {
      DnsZone.Builder builder = DnsZone.of(network.name());
      for (Network.Pool pool : network.pools()) {
        builder.subnet(pool.subnet().at(0), pool.subnet().bits());
      }
      builders.put(network.id(), builder);
    }
    running.forEach(
        (id, container) -> {
          for (Endpoint endpoint : container.endpoints) {
            DnsZone.Builder builder = builders.get(endpoint.network());
            if (builder != null) {
              builder.endpoint(container.name, aliases(id, container, endpoint), addresses(endpoint));
            }
          }
        });
    Map<String, DnsZone> zones = new HashMap<>();
    builders.forEach((network, builder) -> zones.put(network, builder.build()));
    server.publish(zones);
  }

  private static Set<String> aliases(String id, Running container, Endpoint endpoint) {
    Set<String> aliases = new LinkedHashSet<>();
    container.attachments.stream()
        .filter(a -> a.network().equals(endpoint.network()))
        .forEach(a -> aliases.addAll(a.aliases()));
    aliases.add(id.substring(0, 12));
    aliases.add(container.hostname);
    return aliases;
  }

  private static List<InetAddress> addresses(Endpoint endpoint) {
    List<InetAddress> addresses = new ArrayList<>();
    endpoint.addresses().forEach(a -> addresses.add(a.address()));
    return addresses;
  }
}

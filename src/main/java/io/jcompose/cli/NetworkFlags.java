package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.FieldList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about how the container is reached and what it reaches. */
final class NetworkFlags {
  private static final Set<String> MODES = Set.of("bridge", "default", "host", "none");
  private static final String FLAG = "--network";

  @Option(names = {"-p", "--publish"}, paramLabel = "PORT", description = "Publishes a port: [[IP:]HOST:]CONTAINER[/PROTOCOL]")
  List<String> publish = new ArrayList<>();

  @Option(names = {"-P", "--publish-all"}, description = "Publishes every exposed port on a free one of the host")
  boolean publishAll;

  @Option(names = "--expose", paramLabel = "PORT", description = "Says that it listens on a port")
  List<String> expose = new ArrayList<>();

  @Option(
      names = {"--network", "--net"}, paramLabel = "NETWORK",
      description = "Joins a network, or host, none, container:NAME. Default: bridge")
  List<String> networks = new ArrayList<>();

  @Option(names = {"--network-alias", "--net-alias"}, paramLabel = "NAME", description = "One more name on its network")
  List<String> aliases = new ArrayList<>();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "Its IPv4 address")
  String ip;

  @Option(names = "--ip6", paramLabel = "ADDRESS", description = "Its IPv6 address")
  String ip6;

  @Option(names = "--link-local-ip", paramLabel = "ADDRESS", description = "One more address, link-local")
  List<String> linkLocal = new ArrayList<>();

  @Option(names = "--mac-address", paramLabel = "ADDRESS", description = "Its hardware address")
  String mac;

  @Option(names = {"-h", "--hostname"}, paramLabel = "NAME", description = "Its host name. Default: its short id")
  String hostname;

  @Option(names = "--domainname", paramLabel = "NAME", description = "Its domain")
  String domain;

  @Option(names = "--add-host", paramLabel = "NAME:ADDRESS", description = "A line of /etc/hosts")
  List<String> hosts = new ArrayList<>();

  @Option(names = "--dns", paramLabel = "ADDRESS", description = "Asks this name server")
  List<String> dns = new ArrayList<>();

  @Option(names = "--dns-search", paramLabel = "DOMAIN", description = "Looks names up in this domain, too")
  List<String> dnsSearch = new ArrayList<>();

  @Option(names = {"--dns-option", "--dns-opt"}, paramLabel = "OPTION", description = "An option of resolv.conf")
  List<String> dnsOptions = new ArrayList<>();

  @Option(names = "--link", paramLabel = "NAME[:ALIAS]", description = "Calls another container by an alias")
  List<String> links = new ArrayList<>();

  void write(FlagDocument document) {
    document.put("ports", "--publish", publish);
    document.put("expose", "--expose", expose);
    document.put("hostname", "--hostname", hostname);
    document.put("domainname", "--domainname", domain);
    document.put("extra_hosts", "--add-host", hosts);
    document.put("dns", "--dns", dns);
    document.put("dns_search", "--dns-search", dnsSearch);
    document.put("dns_opt", "--dns-option", dnsOptions);
    document.put("external_links", "--link", links);
    document.put("mac_address", "--mac-address", mac);
    if (networks.isEmpty() || MODES.contains(networks.getFirst()) || networks.getFirst().startsWith("container:")) {
      document.put("network_mode", "--network", networks.isEmpty() ? "bridge" : networks.getFirst());
      if (networks.size() > 1 || !aliases.isEmpty() || ip != null || ip6 != null) {
        throw FlagFields.wrong(
            FLAG + ":",
            "aliases, addresses and further networks go with networks that were made by \"jcompose network create\"");
      }
      return;
    }
    networks.forEach(network -> join(document, network));
  }

  /** {@code NAME}, or {@code name=NAME,alias=A,ip=ADDRESS}. */
  private void join(FlagDocument document, String text) {
    List<FieldList.Field> fields = text.contains("=") ? FlagFields.of(FLAG, text) : List.of();
    String name =
        fields.isEmpty()
            ? text
            : fields.stream()
                .filter(field -> field.key().equals("name"))
                .flatMap(field -> field.value().stream())
                .findFirst()
                .orElseThrow(() -> FlagFields.wrong(FLAG, text + ": name is required"));
    ObjectNode network = document.group("networks", FLAG).putObject(name);
    if (networks.size() == 1) {
      aliases.forEach(alias -> network.withArray("/aliases").add(FlagDocument.escaped(alias)));
      putIfGiven(network, "ipv4_address", ip);
      putIfGiven(network, "ipv6_address", ip6);
    }
    linkLocal.forEach(local -> network.withArray("/link_local_ips").add(local));
    fields.forEach(field -> write(field, network, text));
  }

  private static void write(FieldList.Field field, ObjectNode network, String text) {
    String value = FlagDocument.escaped(field.value().orElse(""));
    switch (field.key()) {
      case "name" -> {
        // It is the network's key.
      }
      case "alias" -> network.withArray("/aliases").add(value);
      case "ip" -> network.put("ipv4_address", value);
      case "ip6" -> network.put("ipv6_address", value);
      case "link-local-ip" -> network.withArray("/link_local_ips").add(value);
      case "mac-address" -> network.put("mac_address", value);
      case "gw-priority" -> network.put("gw_priority", priority(text, value));
      case "driver-opt" -> {
        String[] option = value.split("=", 2);
        network.withObject("/driver_opts").put(option[0], option.length > 1 ? option[1] : "");
      }
      default -> throw FlagFields.wrong(FLAG, text + ": \"" + field.key() + "\" is not known");
    }
  }

  private static int priority(String text, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw FlagFields.wrong(FLAG, text + ": gw-priority is a number");
    }
  }

  private static void putIfGiven(ObjectNode network, String key, String value) {
    if (value != null) {
      network.put(key, FlagDocument.escaped(value));
    }
  }
}

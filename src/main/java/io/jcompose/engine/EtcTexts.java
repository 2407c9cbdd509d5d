package io.jcompose.engine;

import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.network.Endpoint;
import io.jcompose.network.dns.DnsSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The texts of /etc/hosts, /etc/hostname and /etc/resolv.conf of a container (SEMANTICS 3.8). */
final class EtcTexts {
  private static final String HOST_GATEWAY = "host-gateway";

  private EtcTexts() {}

  /** Where the host is reached: by the gateway of the first of {@code endpoints}; or empty. */
  static String hostAddress(ContainerRecord record, List<Endpoint> endpoints) {
    if (record.networkMode().equals("host")) {
      return "127.0.0.1";
    }
    return endpoints.isEmpty() ? "" : AddressText.of(endpoints.getFirst().addresses().getFirst().gateway());
  }

  /** The line by which a container that shares another's network finds its own name. */
  static String ownName(ContainerRecord record) {
    return "127.0.1.1\t" + record.spec().isolation().hostname() + "\n";
  }

  /**
   * @param hostAddress what {@code host-gateway} stands for; without it those lines are left out
   */
  static String hosts(ContainerRecord record, List<Endpoint> endpoints, String hostAddress) {
    StringBuilder text = new StringBuilder("127.0.0.1\tlocalhost\n");
    text.append("::1\tlocalhost ip6-localhost ip6-loopback\n")
        .append("fe00::\tip6-localnet\nff00::\tip6-mcastprefix\n")
        .append("ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
    for (String line : record.extraHosts()) {
      int space = line.indexOf(' ');
      String address = line.substring(0, space);
      if (address.equals(HOST_GATEWAY)) {
        if (hostAddress.isEmpty()) {
          continue;
        }
        address = hostAddress;
      }
      text.append(address).append('\t').append(line.substring(space + 1)).append('\n');
    }
    String hostname = record.spec().isolation().hostname();
    String domain = record.spec().isolation().domainname();
    String names = domain.isEmpty() ? hostname : hostname + "." + domain + " " + hostname;
    for (Endpoint endpoint : endpoints) {
      for (Endpoint.Address address : endpoint.addresses()) {
        text.append(AddressText.of(address.address())).append('\t').append(names).append('\n');
      }
    }
    if (endpoints.isEmpty()) {
      text.append("127.0.1.1\t").append(names).append('\n');
    }
    return text.toString();
  }

  /**
   * Brings a running container's /etc/hosts from one text to another. In place, because the container has the file
   * itself; what it has written there stays.
   */
  static void change(Path file, String before, String after) {
    List<String> old = before.lines().toList();
    List<String> now = after.lines().toList();
    try {
      StringBuilder text = new StringBuilder();
      for (String line : Files.readAllLines(file)) {
        if (!old.contains(line) || now.contains(line)) {
          text.append(line).append('\n');
        }
      }
      now.stream().filter(line -> !old.contains(line)).forEach(line -> text.append(line).append('\n'));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new EngineException(file + " cannot be changed: " + e.getMessage(), e);
    }
  }

  static String hostname(ContainerRecord record) {
    return record.spec().isolation().hostname() + "\n";
  }

  /** With networks: our own server, and the host's search list; without: what the host has. */
  static String resolvConf(ContainerRecord record, boolean ownServer, Path hostFile) {
    List<String> hostLines = hostLines(hostFile);
    StringBuilder text = new StringBuilder();
    if (ownServer) {
      text.append("nameserver ").append(DnsSockets.ADDRESS.getHostAddress()).append('\n');
    } else if (!record.dns().isEmpty()) {
      record.dns().forEach(server -> text.append("nameserver ").append(server).append('\n'));
    } else {
      hostLines.stream().filter(l -> l.startsWith("nameserver")).forEach(l -> text.append(l).append('\n'));
    }
    if (record.dnsSearch().isEmpty()) {
      hostLines.stream()
          .filter(l -> l.startsWith("search") || l.startsWith("domain"))
          .forEach(l -> text.append(l).append('\n'));
    } else if (!record.dnsSearch().equals(List.of("."))) {
      text.append("search ").append(String.join(" ", record.dnsSearch())).append('\n');
    }
    List<String> options = new ArrayList<>(record.dnsOptions());
    if (options.isEmpty()) {
      hostLines.stream()
          .filter(l -> l.startsWith("options"))
          .forEach(l -> options.addAll(List.of(l.substring("options".length()).trim().split("\\s+"))));
    }
    if (ownServer && options.stream().noneMatch(o -> o.startsWith("ndots:"))) {
      options.add("ndots:0");
    }
    if (!options.isEmpty()) {
      text.append("options ").append(String.join(" ", options)).append('\n');
    }
    return text.toString();
  }

  private static List<String> hostLines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The servers that the container's names are forwarded to; empty: the host's. */
  static List<InetAddress> servers(ContainerRecord record) {
    return record.dns().stream().map(InetAddress::ofLiteral).toList();
  }
}

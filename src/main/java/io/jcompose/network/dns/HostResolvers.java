package io.jcompose.network.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The resolvers that the host itself uses, as its resolv.conf names them (resolv.conf(5)). Looked
 * at again at each question, and read again when the file is another than before.
 */
final class HostResolvers {
  static final int PORT = 53;

  private static final System.Logger LOG = System.getLogger(HostResolvers.class.getName());

  /** MAXNS of resolv.conf(5). */
  private static final int MAX_SERVERS = 3;

  /** Whom the C library asks when the file names nobody. */
  private static final List<InetSocketAddress> DEFAULT =
      List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT));

  private final Path file;
  private Map<String, Object> seen = Map.of();
  private List<InetSocketAddress> servers = DEFAULT;

  HostResolvers(Path file) {
    this.file = file;
  }

  /** The resolvers at this moment. While the file can't be read, those of before. */
  List<InetSocketAddress> current() {
    try {
      Map<String, Object> now =
          Files.readAttributes(file, "unix:dev,ino,size,ctime,lastModifiedTime");
      if (!now.equals(seen)) {
        servers = parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        seen = now;
      }
    } catch (IOException e) {
      if (!seen.isEmpty()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "DNS: {0} can't be read, the last servers stay: {1}",
            file,
            e);
        seen = Map.of();
      }
    }
    return servers;
  }

  static List<InetSocketAddress> parse(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String line : text.split("\n")) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 2 && words[0].equals("nameserver") && servers.size() < MAX_SERVERS) {
        try {
          servers.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), PORT));
        } catch (IllegalArgumentException e) {
          LOG.log(System.Logger.Level.WARNING, "DNS: not an address: nameserver {0}", words[1]);
        }
      }
    }
    return servers.isEmpty() ? DEFAULT : List.copyOf(servers);
  }

  /** The servers of a container's own {@code dns:}. */
  static List<InetSocketAddress> of(List<InetAddress> addresses) {
    return addresses.stream()
        .limit(MAX_SERVERS)
        .map(address -> new InetSocketAddress(address, PORT))
        .toList();
  }
}

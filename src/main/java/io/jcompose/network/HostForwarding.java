package io.jcompose.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host's forwarding of packets. Switched on when a network needs it, and never off again: others
 * may have come to need it. Whether it was we who did it is remembered until the next boot, because then
 * what isn't ours must not be forwarded.
 */
final class HostForwarding {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String IPV4 = "ipv4/ip_forward";
  private static final String IPV6 = "ipv6/conf/all/forwarding";
  private final HostNamespace namespace;
  private final NetworkStore store;

  HostForwarding(HostNamespace namespace, NetworkStore store) {
    this.namespace = namespace;
    this.store = store;
  }

  /** Whether forwarding is ours: switched on by us, or off still. */
  boolean isOurs(boolean ipv6) {
    return store.switchedOnForwarding(bootId())
        || namespace.call(() -> off(IPV4) || ipv6 && off(IPV6));
  }

  void switchOn(boolean ipv6) {
    namespace.run(
        () -> {
          if (off(IPV4)) {
            store.rememberForwarding(bootId());
            Sysctl.write(IPV4, "1");
          }
          if (ipv6 && off(IPV6)) {
            store.rememberForwarding(bootId());
            keepListeningToRouters();
            Sysctl.write(IPV6, "1");
          }
        });
  }

  /** A forwarding host ignores router advertisements: with accept_ra 2 it keeps its own default route. */
  private static void keepListeningToRouters() {
    for (String link : links()) {
      String setting = "ipv6/conf/" + link + "/accept_ra";
      if (Sysctl.read(setting).equals(Optional.of("1"))) {
        Sysctl.write(setting, "2");
      }
    }
  }

  private static List<String> links() {
    try (var files = Files.list(Path.of("/proc/sys/net/ipv6/conf"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("all") && !name.equals("default") && !name.equals("lo"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean off(String setting) {
    return Sysctl.read(setting).equals(Optional.of("0"));
  }

  private static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

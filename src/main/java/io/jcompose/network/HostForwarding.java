package io.jcompose.network;

import io.jcompose.network.firewall.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The host's forwarding of packets. Switched on when a network needs it, and never off again:
 * others may have come to need it. Whether it was we who did it is remembered until the next boot,
 * because then what isn't ours must not be forwarded.
 */
final class HostForwarding {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private final HostNamespace namespace;
  private final NetworkStore store;

  HostForwarding(HostNamespace namespace, NetworkStore store) {
    this.namespace = namespace;
    this.store = store;
  }

  /** Those of {@code families} whose forwarding is ours: switched on by us, or off still. */
  Set<Family> ours(Set<Family> families) {
    String boot = bootId();
    return namespace.call(
        () -> {
          Set<Family> ours = EnumSet.noneOf(Family.class);
          for (Family family : families) {
            if (off(setting(family)) || store.switchedOnForwarding(family, boot)) {
              ours.add(family);
            }
          }
          return ours;
        });
  }

  void switchOn(Set<Family> families) {
    namespace.run(
        () -> {
          for (Family family : families) {
            if (off(setting(family))) {
              store.rememberForwarding(family, bootId());
              if (family == Family.IPV6) {
                keepListeningToRouters();
              }
              Sysctl.write(setting(family), "1");
            }
          }
        });
  }

  private static String setting(Family family) {
    return family == Family.IPV4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding";
  }

  /**
   * A forwarding host ignores router advertisements: with accept_ra 2 it keeps its own default
   * route.
   */
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

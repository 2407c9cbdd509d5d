package io.jcompose.engine.compile;

import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;

/** What can't be had together with a network that is somebody else's; the first words of each are Docker's. */
final class NetworkModeRules {
  private static final String CONFLICT = "conflicting options: ";

  private NetworkModeRules() {}

  /**
   * Checks a service.
   *
   * @param mode as {@link AttachmentCompiler#mode} tells it
   */
  static void check(Service service, String mode) {
    Networking of = service.networking();
    boolean links = !of.links().isEmpty() || !of.externalLinks().isEmpty();
    if (mode.equals("host")) {
      refuse(service, links, "host type networking can't be used with links. This would result in undefined behavior");
      return;
    }
    if (!mode.equals("container")) {
      return;
    }
    refuse(service, of.hostname().isPresent(), "hostname and the network mode");
    refuse(service, links, "container type network can't be used with links. This would result in undefined behavior");
    refuse(service, !of.dns().isEmpty(), "dns and the network mode");
    refuse(service, !of.extraHosts().isEmpty(), "custom host-to-IP mapping and the network mode");
    refuse(service, of.macAddress().isPresent(), "mac-address and the network mode");
    refuse(
        service, !of.ports().isEmpty(), "port publishing and the container type network mode");
    refuse(service, !of.expose().isEmpty(), "port exposing and the container type network mode");
  }

  private static void refuse(Service service, boolean wrong, String what) {
    if (wrong) {
      String mode = service.networking().mode().orElse("host");
      String cure = mode.equals("host") ? "take them away" : "say it of " + mode.substring(mode.indexOf(':') + 1);
      throw new EngineException(
          "service \"" + service.name() + "\": " + CONFLICT + what + " (" + mode + "); " + cure);
    }
  }
}

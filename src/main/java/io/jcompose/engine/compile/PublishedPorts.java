package io.jcompose.engine.compile;

import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.engine.state.PublishedPort;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The ports that a service's containers really publish. */
public final class PublishedPorts {
  private final Project project;
  private final Function<NetworkSpec, Facts> networks;

  /**
   * @param networks what is known of a network of the file: of one that is there, what it is
   */
  public PublishedPorts(Project project, Function<NetworkSpec, Facts> networks) {
    this.project = project;
    this.networks = networks;
  }

  /**
   * What matters of a network.
   *
   * @param internal nothing is published into it
   * @param publishOn the address of the host that ports without one are published on; "" for all
   */
  public record Facts(boolean internal, String publishOn) {}

  /**
   * None for a container that has no network of its own, or only internal ones: nothing is published into those
   * (SEMANTICS 3.8).
   */
  public List<PublishedPort> of(Service service) {
    Optional<Facts> through = through(service);
    if (through.isEmpty()) {
      return List.of();
    }
    return service.networking().ports().stream()
        .map(
            port ->
                new PublishedPort(
                    port.hostIp().filter(ip -> !ip.isEmpty()).orElse(through.get().publishOn()),
                    port.published().map(p -> p.first()).orElse(0),
                    port.published().map(p -> p.last()).orElse(0),
                    port.target(),
                    port.protocol()))
        .toList();
  }

  /** The network that the ports lead into: the one that gives the default route. */
  private Optional<Facts> through(Service service) {
    String mode = service.networking().mode().orElse("");
    if (!mode.isEmpty()) {
      boolean own = !mode.equals("host") && !mode.equals("none") && !mode.contains(":");
      return own ? Optional.of(networks.apply(NetworkSpec.of(mode, mode))) : Optional.empty();
    }
    return service.networking().networks().values().stream()
        .sorted(
            Comparator.comparingInt(ServiceNetwork::gatewayPriority)
                .thenComparingInt(ServiceNetwork::priority)
                .reversed()
                .thenComparing(ServiceNetwork::network))
        .map(network -> project.networks().get(network.network()))
        .filter(spec -> !(spec.external() && (spec.name().equals("host") || spec.name().equals("none"))))
        .map(networks)
        .filter(facts -> !facts.internal())
        .findFirst();
  }
}

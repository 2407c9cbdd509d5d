package io.jcompose.engine.compile;

import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.state.Attachment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** On which networks a service's containers are to be, and under which names. */
public final class AttachmentCompiler {
  /** The networks that every host has, whose names nobody else can take. */
  public static final Set<String> PREDEFINED = Set.of("bridge", "host", "none");

  private final Project project;
  private final Function<String, Optional<String>> networkIds;
  private final Function<String, Optional<String>> containerIds;

  /**
   * @param networkIds network's name → id
   * @param containerIds {@code service:NAME} or {@code container:NAME} → id of a container
   */
  public AttachmentCompiler(
      Project project,
      Function<String, Optional<String>> networkIds,
      Function<String, Optional<String>> containerIds) {
    this.project = project;
    this.networkIds = networkIds;
    this.containerIds = containerIds;
  }

  /** Empty for containers with networks of their own, else none, host or container. */
  String mode(Service service) {
    String mode = service.networking().mode().orElse("");
    return switch (mode) {
      case "none", "host" -> mode;
      case "" -> ofNetworks(service);
      case String m when m.startsWith("service:") || m.startsWith("container:") -> "container";
      default -> "";
    };
  }

  /** A service on the networks {@code host} or {@code none} has none of its own. */
  private String ofNetworks(Service service) {
    Set<String> keys = service.networking().networks().keySet();
    if (keys.isEmpty()) {
      return "none";
    }
    for (String key : keys) {
      NetworkSpec spec = project.networks().get(key);
      if (spec.external() && (spec.name().equals("host") || spec.name().equals("none"))) {
        if (keys.size() > 1) {
          throw new EngineException(
              "service \"" + service.name() + "\": the network \"" + spec.name() + "\" (" + key
                  + ") can't be had together with others");
        }
        return spec.name();
      }
    }
    return "";
  }

  /** The id, or a name, of the container whose network namespace is shared; or empty. */
  String owner(Service service) {
    String mode = service.networking().mode().orElse("");
    if (!mode(service).equals("container")) {
      return "";
    }
    return container(service, "network_mode", mode);
  }

  /** The id, or a name, of the container that {@code service:NAME} or {@code container:NAME} means. */
  String container(Service service, String attribute, String mode) {
    Optional<String> id = containerIds.apply(mode);
    if (id.isEmpty() && mode.startsWith("container:")) {
      // It may come to be before this one is started.
      return mode.substring("container:".length());
    }
    return id.orElseThrow(
        () ->
            new EngineException(
                "service \"" + service.name() + "\": " + attribute + ": " + mode + ": there is no such container"));
  }

  /** The attachment to one of the service's networks. */
  public List<Attachment> ofNetwork(Service service, String containerName, boolean oneOff, String key) {
    return of(service, containerName, oneOff).stream().filter(a -> a.key().equals(key)).toList();
  }

  /**
   * The attachments, the primary first: by priority, then name (SEMANTICS 3.1, 20).
   *
   * @param oneOff it doesn't stand for its service, and so doesn't get its name
   */
  List<Attachment> of(Service service, String containerName, boolean oneOff) {
    String mode = mode(service);
    NetworkModeRules.check(service, mode);
    if (!mode.isEmpty()) {
      return List.of();
    }
    List<Attachment> attachments = new ArrayList<>();
    List<String> names = oneOff ? List.of(containerName) : List.of(containerName, service.name());
    service.networking().mode().ifPresent(network -> attachments.add(byMode(service, names, network)));
    for (ServiceNetwork network : service.networking().networks().values()) {
      attachments.add(attachment(service, names, network));
    }
    attachments.sort(
        Comparator.comparingInt(Attachment::priority).reversed().thenComparing(Attachment::key));
    // The service's own hardware address is that of its first network: one address can't be on two.
    String mac = service.networking().macAddress().orElse("");
    if (!mac.isEmpty() && attachments.getFirst().mac().isEmpty()) {
      attachments.set(0, attachments.getFirst().withMac(mac));
    }
    return attachments;
  }

  /** {@code network_mode: NAME} is a network that the file does not describe. */
  private Attachment byMode(Service service, List<String> names, String mode) {
    String name = mode.equals("default") ? "bridge" : mode;
    String id =
        networkIds
            .apply(name)
            .orElseThrow(
                () ->
                    new EngineException(
                        "service \"" + service.name() + "\": network_mode: " + mode
                            + ": there is no such network; the modes are bridge, host, none, service:NAME and"
                            + " container:NAME"));
    return new Attachment(
        id, "", name, aliases(name, names, List.of()), "", "", "", 0, 0, "");
  }

  /**
   * On the bridge that all share nobody is called as a service: several projects may have one of that name.
   */
  private static List<String> aliases(String network, List<String> names, List<String> more) {
    if (network.equals("bridge")) {
      return names.subList(0, 1);
    }
    Set<String> aliases = new LinkedHashSet<>(names);
    aliases.addAll(more);
    return List.copyOf(aliases);
  }

  private Attachment attachment(Service service, List<String> names, ServiceNetwork network) {
    String name = project.networks().get(network.network()).name();
    String id =
        networkIds
            .apply(name)
            .orElseThrow(() -> new EngineException("the network " + name + " is gone"));
    String where = "service \"" + service.name() + "\": networks." + network.network();
    return new Attachment(
        id,
        network.network(),
        name,
        aliases(name, names, network.aliases()),
        network.ipv4Address().orElse(""),
        network.ipv6Address().orElse(""),
        network.macAddress().orElse(""),
        network.priority(),
        network.gatewayPriority(),
        network.interfaceName().orElse(EndpointOptions.interfaceName(network.driverOptions())),
        network.linkLocalIps(),
        EndpointOptions.settings(network.driverOptions(), where),
        Map.of());
  }
}

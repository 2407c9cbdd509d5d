package io.jcompose.engine.compile;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.state.Attachment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** On which networks a service's containers are to be, and under which names. */
public final class AttachmentCompiler {
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
      case "", "bridge", "default" -> service.networking().networks().isEmpty() ? "none" : "";
      case String m when m.startsWith("service:") || m.startsWith("container:") -> "container";
      default ->
          throw new EngineException("service \"" + service.name() + "\": network_mode: " + mode + " is not known");
    };
  }

  /** The id, or a name, of the container whose network namespace is shared; or empty. */
  String owner(Service service) {
    String mode = service.networking().mode().orElse("");
    if (!mode(service).equals("container")) {
      return "";
    }
    Optional<String> id = containerIds.apply(mode);
    if (id.isEmpty() && mode.startsWith("container:")) {
      // It may come to be before this one is started.
      return mode.substring("container:".length());
    }
    return id.orElseThrow(
        () ->
            new EngineException(
                "service \"" + service.name() + "\": network_mode: " + mode + ": there is no such container"));
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
    List<Attachment> attachments = new ArrayList<>();
    if (!mode(service).isEmpty()) {
      return attachments;
    }
    for (ServiceNetwork network : service.networking().networks().values()) {
      String name = project.networks().get(network.network()).name();
      String id =
          networkIds
              .apply(name)
              .orElseThrow(() -> new EngineException("the network " + name + " is gone"));
      Set<String> aliases = new LinkedHashSet<>();
      aliases.add(containerName);
      if (!oneOff) {
        aliases.add(service.name());
      }
      aliases.addAll(network.aliases());
      attachments.add(
          new Attachment(
              id,
              network.network(),
              name,
              List.copyOf(aliases),
              network.ipv4Address().orElse(""),
              network.ipv6Address().orElse(""),
              network.macAddress().or(() -> service.networking().macAddress()).orElse(""),
              network.priority(),
              network.gatewayPriority(),
              network.interfaceName().orElse("")));
    }
    attachments.sort(
        Comparator.comparingInt(Attachment::priority).reversed().thenComparing(Attachment::key));
    return attachments;
  }
}

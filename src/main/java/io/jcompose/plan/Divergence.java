package io.jcompose.plan;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says whether a container is still what its service asks for, and if not, why. The questions are
 * asked in the order of SEMANTICS "Must recreate"; the first yes is the cause.
 */
final class Divergence {
  private final Project project;
  private final Observed observed;
  private final NetworkDecisions networks;
  private final VolumeDecisions volumes;
  private final Map<String, ServiceDecision> decided;

  /**
   * @param decided what becomes of the services that come earlier in dependency order
   */
  Divergence(
      Project project,
      Observed observed,
      NetworkDecisions networks,
      VolumeDecisions volumes,
      Map<String, ServiceDecision> decided) {
    this.project = project;
    this.observed = observed;
    this.networks = networks;
    this.volumes = volumes;
    this.decided = decided;
  }

  Optional<Cause> of(Service service, ObservedContainer container, RecreatePolicy policy) {
    if (volumes.takesFrom(container)) {
      return Optional.of(Cause.of("a volume of it is made anew"));
    }
    return switch (policy) {
      case NEVER -> Optional.empty();
      case FORCE -> Optional.of(Cause.of("it was asked for"));
      case CHANGED ->
          owner(service, container)
              .or(() -> settings(service, container))
              .or(() -> image(service, container))
              .or(() -> network(service, container))
              .or(() -> volume(service, container));
    };
  }

  private Optional<Cause> owner(Service service, ObservedContainer container) {
    for (String owner : Sharing.owners(service)) {
      ServiceDecision decision = decided.get(owner);
      if (decision == null) {
        continue;
      }
      Optional<ContainerRef> first = decision.first();
      if (first.isPresent() && !container.namespaceOwners().contains(first.get().id())) {
        return Optional.of(
            Cause.of("it shares what " + first.get().name() + " has, and that one is new"));
      }
    }
    return Optional.empty();
  }

  private Optional<Cause> settings(Service service, ObservedContainer container) {
    if (!container.config().recorded()) {
      return Optional.of(Cause.of("nothing tells which settings it was made from"));
    }
    List<Change> changes = container.config().changesTo(ConfigKeys.of(project, service));
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(new Cause("its settings changed", changes));
  }

  private Optional<Cause> image(Service service, ObservedContainer container) {
    String reference = Names.image(project, service);
    ObservedImage image = observed.images().get(reference);
    if (image == null || image.id().equals(container.imageId())) {
      return Optional.empty();
    }
    return Optional.of(
        new Cause(
            "its image is out of date",
            List.of(
                new Change(
                    "image " + reference,
                    Wording.shortId(container.imageId()),
                    Wording.shortId(image.id())))));
  }

  private Optional<Cause> network(Service service, ObservedContainer container) {
    for (String key : service.networking().networks().keySet()) {
      String attached = container.networks().getOrDefault(key, "");
      String expected =
          switch (networks.networks().get(key)) {
            case NetworkDecisions.Decision.Keep keep -> keep.network().id();
            case NetworkDecisions.Decision.Replace replace -> replace.network().id();
            case NetworkDecisions.Decision.Create _ -> "";
          };
      if (expected.isEmpty()) {
        return Optional.of(Cause.of("network " + key + " is new"));
      }
      if (!expected.equals(attached)) {
        return Optional.of(Cause.of("it is not attached to network " + key));
      }
    }
    return Optional.empty();
  }

  private Optional<Cause> volume(Service service, ObservedContainer container) {
    for (Mount mount : service.storage().mounts()) {
      if (mount instanceof Mount.Volume named && named.volume().isPresent()) {
        MountedVolume mounted = container.volumes().get(named.target());
        String wanted = project.volumes().get(named.volume().get()).name();
        if (mounted == null || !mounted.name().equals(wanted)) {
          return Optional.of(
              Cause.of("volume " + wanted + " is not mounted at " + named.target()));
        }
      }
    }
    return Optional.empty();
  }
}

package io.jcompose.plan;

import io.jcompose.compose.model.Dependency.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One operation of a plan, with only its own fields. */
public sealed interface Action {

  /** What is done, in a word or two: {@code create}, {@code stop}. */
  default String verb() {
    return switch (this) {
      case BuildImage _ -> "build";
      case PullImage pull -> pull.orBuild().isPresent() ? "pull or build" : "pull";
      case CreateNetwork _, CreateVolume _ -> "create";
      case CreateContainer create -> create.replaces().isPresent() ? "recreate" : "create";
      case RemoveImage _, RemoveNetwork _, RemoveVolume _, RemoveContainer _ -> "remove";
      case ConnectNetwork _ -> "connect";
      case DisconnectNetwork _ -> "disconnect";
      case SnapshotVolumes _ -> "snapshot";
      case StartContainer _ -> "start";
      case StopContainer _ -> "stop";
      case KillContainer _ -> "kill";
      case PauseContainer _ -> "pause";
      case UnpauseContainer _ -> "unpause";
      case RenameContainer _ -> "rename";
      case AwaitDependency _ -> "wait for";
    };
  }

  /** What kind of thing it is done to: {@code container}, {@code network}. */
  default String kind() {
    return switch (this) {
      case BuildImage _, PullImage _, RemoveImage _ -> "image";
      case CreateNetwork _, RemoveNetwork _ -> "network";
      case CreateVolume _, RemoveVolume _, SnapshotVolumes _ -> "volume";
      case AwaitDependency _ -> "service";
      case ConnectNetwork _, DisconnectNetwork _, CreateContainer _, StartContainer _ ->
          "container";
      case StopContainer _, KillContainer _, RemoveContainer _, RenameContainer _ -> "container";
      case PauseContainer _, UnpauseContainer _ -> "container";
    };
  }

  /** The name of the thing. */
  default String subject() {
    return switch (this) {
      case BuildImage build -> build.reference();
      case PullImage pull -> pull.reference();
      case RemoveImage remove -> remove.reference();
      case CreateNetwork create -> create.name();
      case RemoveNetwork remove -> remove.name();
      case ConnectNetwork connect -> connect.container().name() + " to " + connect.name();
      case DisconnectNetwork leave -> leave.container().name() + " from " + leave.name();
      case CreateVolume create -> create.name();
      case RemoveVolume remove -> remove.name();
      case SnapshotVolumes snapshot -> String.join(", ", snapshot.names());
      case CreateContainer create -> create.container().name();
      case StartContainer start -> start.container().name();
      case StopContainer stop -> stop.container().name();
      case KillContainer kill -> kill.container().name();
      case PauseContainer pause -> pause.container().name();
      case UnpauseContainer unpause -> unpause.container().name();
      case RemoveContainer remove -> remove.container().name();
      case RenameContainer rename -> rename.from() + " to " + rename.container().name();
      case AwaitDependency await ->
          await.service()
              + switch (await.condition()) {
                case STARTED -> " to be started";
                case HEALTHY -> " to be healthy";
                case COMPLETED -> " to complete successfully";
              };
    };
  }

  /**
   * Builds a service's image.
   *
   * @param service the service whose {@code build} says how
   * @param reference the name that the image gets
   */
  record BuildImage(String service, String reference) implements Action {}

  /**
   * Pulls an image, for all services that name it.
   *
   * @param reference its name
   * @param platform as in {@code linux/arm64}, empty for the host's own
   * @param orBuild the service whose {@code build} makes it where no registry has it, if any
   */
  record PullImage(String reference, String platform, Optional<String> orBuild)
      implements Action {}

  /**
   * Removes an image's name, and the image with its last name.
   *
   * @param reference its name
   */
  record RemoveImage(String reference) implements Action {}

  /**
   * Creates a network of the project.
   *
   * @param key its name in the file
   * @param name its name on the host
   * @param config its settings, to be stored with it for the next plan
   */
  record CreateNetwork(String key, String name, Config config) implements Action {}

  /**
   * Removes a network. Where a container of somebody else still uses it, that is a warning.
   *
   * @param id its id
   * @param name its name on the host
   */
  record RemoveNetwork(String id, String name) implements Action {}

  /**
   * Attaches a stopped container to the new network of that key, with what its service says.
   *
   * @param container the container
   * @param key the network's name in the file
   * @param name the network's name on the host
   */
  record ConnectNetwork(ContainerRef container, String key, String name) implements Action {}

  /**
   * Detaches a stopped container from a network that is about to go.
   *
   * @param container the container
   * @param key the network's name in the file
   * @param name the network's name on the host
   */
  record DisconnectNetwork(ContainerRef container, String key, String name) implements Action {}

  /**
   * Creates a named volume of the project.
   *
   * @param key its name in the file
   * @param name its name on the host
   * @param config its settings, to be stored with it for the next plan
   */
  record CreateVolume(String key, String name, Config config) implements Action {}

  /**
   * Removes a named volume with all its data.
   *
   * @param name its name on the host
   */
  record RemoveVolume(String name) implements Action {}

  /**
   * Takes a snapshot of volumes that are about to go, as far as their data would go with them.
   *
   * @param names on the host
   */
  record SnapshotVolumes(List<String> names) implements Action {
    public SnapshotVolumes {
      names = List.copyOf(names);
    }
  }

  /**
   * Creates a container; no process yet.
   *
   * @param container its service, number and final name
   * @param createdAs its name until a {@link RenameContainer} gives it the final one; mostly equal
   * @param imageId the image to make it from; empty in a plan made before the image was there
   * @param config its settings, to be stored with it for the next plan
   * @param replaces the container whose place, and whose address leases, it takes over
   * @param inherited anonymous volumes that it takes over: target path → volume name
   * @param namespaceOwners the containers whose namespaces or volumes it shares
   */
  record CreateContainer(
      ContainerRef container,
      String createdAs,
      String imageId,
      Config config,
      Optional<ContainerRef> replaces,
      Map<String, String> inherited,
      List<ContainerRef> namespaceOwners)
      implements Action {
    public CreateContainer {
      inherited = Map.copyOf(inherited);
      namespaceOwners = List.copyOf(namespaceOwners);
    }
  }

  /**
   * Starts a container that was created or has ended; unpauses a paused one.
   *
   * @param container the container
   */
  record StartContainer(ContainerRef container) implements Action {}

  /**
   * Stops a container: pre-stop hooks, its stop signal, and SIGKILL after the grace period.
   *
   * @param container the container
   * @param timeout the grace period; absent: the container's own. Negative: wait for ever
   */
  record StopContainer(ContainerRef container, Optional<Duration> timeout) implements Action {}

  /**
   * Sends a signal to a container.
   *
   * @param container the container
   * @param signal as the user wrote it: {@code SIGHUP}, {@code HUP}, {@code 1}
   */
  record KillContainer(ContainerRef container, String signal) implements Action {}

  /**
   * Freezes all processes of a container.
   *
   * @param container the container
   */
  record PauseContainer(ContainerRef container) implements Action {}

  /**
   * Lets a paused container go on.
   *
   * @param container the container
   */
  record UnpauseContainer(ContainerRef container) implements Action {}

  /**
   * Removes a container that has ended, with its writable layer and its logs.
   *
   * @param container the container
   * @param withAnonymousVolumes whether its anonymous volumes go too
   */
  record RemoveContainer(ContainerRef container, boolean withAnonymousVolumes)
      implements Action {}

  /**
   * Gives a container its final name.
   *
   * @param container the container, with its final name
   * @param from the name that it has so far
   */
  record RenameContainer(ContainerRef container, String from) implements Action {}

  /**
   * Waits until a condition holds for a service, or can't any more.
   *
   * <p>A step is left out when one that it comes after has failed. This one, when it isn't
   * required, is done all the same: it turns that failure into a warning, and the plan goes on.
   *
   * @param service the service that is waited for
   * @param condition {@code STARTED}: its start steps are done; {@code HEALTHY}: every container of
   *     it is; {@code COMPLETED}: one of them ended, with 0
   * @param required whether it is a failure when the condition can't come true
   */
  record AwaitDependency(String service, Condition condition, boolean required)
      implements Action {}
}

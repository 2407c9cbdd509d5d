package io.jcompose.plan;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A world that does what plans say, and refuses what a real one would refuse: a second container of
 * one name, a start without the network or while another service has its port, the removal of
 * something in use.
 */
final class Simulation {
  private final Project project;
  private final Map<String, ObservedContainer> containers = new LinkedHashMap<>();
  private final Map<String, ObservedNetwork> networks = new TreeMap<>();
  private final Map<String, ObservedVolume> volumes = new TreeMap<>();
  private final Map<String, ObservedImage> images = new HashMap<>();
  private int serial;

  Simulation(Project project, Observed observed) {
    this.project = project;
    observed.containers().forEach(c -> containers.put(c.id(), c));
    observed.networks().forEach(n -> networks.put(n.name(), n));
    observed.volumes().forEach(v -> volumes.put(v.name(), v));
    images.putAll(observed.images());
    // above every serial that an id of the snapshot was made from
    Stream.concat(
            containers.keySet().stream(), networks.values().stream().map(ObservedNetwork::id))
        .mapToInt(id -> Integer.parseInt(id.substring(1, 12)))
        .forEach(used -> serial = Math.max(serial, used));
    containers.values().stream()
        .flatMap(c -> c.volumes().values().stream())
        .filter(MountedVolume::anonymous)
        .forEach(v -> serial = Math.max(serial, Integer.parseInt(v.name().substring(1, 12))));
  }

  /** What there is after the whole plan. */
  static Observed after(Plan plan, Project project, Observed observed) {
    return after(plan, plan.steps().size(), project, observed);
  }

  /** What there is after its first steps, in order. */
  static Observed after(Plan plan, int steps, Project project, Observed observed) {
    Simulation simulation = new Simulation(project, observed);
    plan.steps().stream().limit(steps).forEach(step -> simulation.run(step.action()));
    return simulation.observed();
  }

  private Observed observed() {
    return new Observed(
        project.name(),
        Instant.EPOCH,
        List.copyOf(containers.values()),
        List.copyOf(networks.values()),
        List.copyOf(volumes.values()),
        images);
  }

  private String nextId(String prefix) {
    serial++;
    // the first 12 digits have to differ too
    return "%s%011d".formatted(prefix, serial) + "0".repeat(52);
  }

  void run(Action action) {
    switch (action) {
      case Action.BuildImage build -> image(build.reference());
      case Action.PullImage pull -> image(pull.reference());
      case Action.RemoveImage remove -> images.remove(remove.reference());
      case Action.CreateNetwork create -> {
        check(!networks.containsKey(create.name()), "network exists", action);
        networks.put(
            create.name(),
            new ObservedNetwork(
                nextId("a"),
                create.name(),
                project.name(),
                create.key(),
                create.config()));
      }
      case Action.RemoveNetwork remove -> {
        check(
            containers.values().stream().noneMatch(c -> c.networks().containsValue(remove.id())),
            "network in use",
            action);
        check(networks.remove(remove.name()) != null, "no such network", action);
      }
      case Action.ConnectNetwork connect -> {
        ObservedContainer c = idle(connect.container(), action);
        Map<String, String> attached = new HashMap<>(c.networks());
        attached.put(connect.key(), networks.get(connect.name()).id());
        containers.put(c.id(), with(c, c.name(), c.state(), attached));
      }
      case Action.DisconnectNetwork leave -> {
        ObservedContainer c = idle(leave.container(), action);
        Map<String, String> attached = new HashMap<>(c.networks());
        check(attached.remove(leave.key()) != null, "not attached", action);
        containers.put(c.id(), with(c, c.name(), c.state(), attached));
      }
      case Action.CreateVolume create -> {
        check(!volumes.containsKey(create.name()), "volume exists", action);
        volumes.put(
            create.name(),
            new ObservedVolume(
                create.name(),
                project.name(),
                create.key(),
                create.config()));
      }
      case Action.SnapshotVolumes _ -> {}
      case Action.RemoveVolume remove -> {
        check(
            containers.values().stream()
                .flatMap(c -> c.volumes().values().stream())
                .noneMatch(v -> v.name().equals(remove.name())),
            "volume in use",
            action);
        check(volumes.remove(remove.name()) != null, "no such volume", action);
      }
      case Action.CreateContainer create -> create(create);
      case Action.StartContainer start -> start(start);
      case Action.StopContainer stop -> {
        ObservedContainer c = find(stop.container(), action);
        check(c.state().active(), "does not run", action);
        containers.put(c.id(), with(c, c.name(), ContainerState.EXITED, c.networks()));
      }
      case Action.KillContainer kill -> find(kill.container(), action);
      case Action.PauseContainer pause -> {
        ObservedContainer c = find(pause.container(), action);
        check(c.state() == ContainerState.RUNNING, "does not run", action);
        containers.put(c.id(), with(c, c.name(), ContainerState.PAUSED, c.networks()));
      }
      case Action.UnpauseContainer unpause -> {
        ObservedContainer c = find(unpause.container(), action);
        check(c.state() == ContainerState.PAUSED, "is not paused", action);
        containers.put(c.id(), with(c, c.name(), ContainerState.RUNNING, c.networks()));
      }
      case Action.RemoveContainer remove -> {
        ObservedContainer c = idle(remove.container(), action);
        containers.remove(c.id());
      }
      case Action.RenameContainer rename -> {
        ObservedContainer c =
            containers.values().stream()
                .filter(one -> one.name().equals(rename.from()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing to rename: " + action));
        nameIsFree(rename.container().name(), action);
        containers.put(
            c.id(), with(c, rename.container().name(), c.state(), c.networks()));
      }
      case Action.AwaitDependency _ -> {}
    }
  }

  private void image(String reference) {
    images.put(
        reference, new ObservedImage("sha256:" + nextId("1") + "0", Instant.EPOCH));
  }

  private void create(Action.CreateContainer create) {
    nameIsFree(create.createdAs(), create);
    Service service = project.services().get(create.container().service());
    Map<String, String> attached = new HashMap<>();
    service
        .networking()
        .networks()
        .keySet()
        .forEach(
            key -> {
              ObservedNetwork network = networks.get(project.networks().get(key).name());
              check(network != null, "no network " + key, create);
              attached.put(key, network.id());
            });
    Map<String, MountedVolume> mounted = new HashMap<>();
    for (Mount mount : service.storage().mounts()) {
      if (mount instanceof Mount.Volume volume) {
        if (volume.volume().isPresent()) {
          String name = project.volumes().get(volume.volume().get()).name();
          check(volumes.containsKey(name), "no volume " + name, create);
          mounted.put(volume.target(), new MountedVolume(name, false));
        } else {
          mounted.put(
              volume.target(),
              new MountedVolume(
                  create.inherited().getOrDefault(volume.target(), nextId("e")), true));
        }
      }
    }
    Set<String> owners =
        create.namespaceOwners().stream().map(o -> find(o, create).id()).collect(Collectors.toSet());
    String id = nextId("c");
    containers.put(
        id,
        new ObservedContainer(
            id,
            create.createdAs(),
            create.container().service(),
            create.container().number(),
            false,
            ContainerState.CREATED,
            Health.NONE,
            0,
            create.config(),
            create.imageId(),
            attached,
            mounted,
            owners,
            new ArrayList<>(service.dependsOn().values()),
            create.replaces().map(ContainerRef::id).orElse("")));
  }

  private void start(Action.StartContainer start) {
    ObservedContainer c = find(start.container(), start);
    check(c.name().equals(start.container().name()), "temporary name", start);
    check(c.state() != ContainerState.RUNNING, "runs already", start);
    c.networks()
        .values()
        .forEach(
            id ->
                check(
                    networks.values().stream().anyMatch(n -> n.id().equals(id)),
                    "network is gone",
                    start));
    Service service = project.services().get(c.service());
    if (service != null) {
      Held wanted = Held.of(c.config());
      containers.values().stream()
          .filter(o -> !o.service().equals(c.service()) && o.state().active())
          .filter(o -> project.services().containsKey(o.service()))
          .forEach(o -> check(!Held.of(o.config()).meets(wanted), o.name() + " holds it", start));
      for (Dependency dependency : service.dependsOn().values()) {
        // an order that was asked for counts where there is somebody to wait for
        List<ObservedContainer> needed =
            containers.values().stream()
                .filter(o -> o.service().equals(dependency.service()))
                .toList();
        check(
            needed.isEmpty()
                || project.services().get(dependency.service()).scale() == 0
                || needed.stream().anyMatch(o -> o.state().active()),
            "needs " + dependency.service(),
            start);
      }
    }
    containers.put(c.id(), with(c, c.name(), ContainerState.RUNNING, c.networks()));
  }

  private ObservedContainer with(
      ObservedContainer c, String name, ContainerState state, Map<String, String> attached) {
    boolean checked =
        java.util.Optional.ofNullable(project.services().get(c.service()))
            .flatMap(Service::healthcheck)
            .filter((Healthcheck check) -> !check.disabled())
            .isPresent();
    Health health =
        state == ContainerState.RUNNING && checked ? Health.HEALTHY : Health.NONE;
    return new ObservedContainer(
        c.id(),
        name,
        c.service(),
        c.number(),
        c.oneOff(),
        state,
        health,
        0,
        c.config(),
        c.imageId(),
        attached,
        c.volumes(),
        c.namespaceOwners(),
        c.dependsOn(),
        c.replaces());
  }

  private ObservedContainer idle(ContainerRef ref, Action action) {
    ObservedContainer c = find(ref, action);
    check(!c.state().active(), "still runs", action);
    return c;
  }

  private ObservedContainer find(ContainerRef ref, Action action) {
    ObservedContainer found =
        ref.exists()
            ? containers.get(ref.id())
            : containers.values().stream()
                .filter(
                    c ->
                        c.service().equals(ref.service())
                            && c.number() == ref.number()
                            && (c.name().equals(ref.name())
                                || c.name().endsWith("_" + ref.name())))
                .reduce((_, last) -> last)
                .orElse(null);
    check(found != null, "no such container", action);
    return found;
  }

  private void nameIsFree(String name, Action action) {
    check(
        containers.values().stream().noneMatch(c -> c.name().equals(name)), "name taken", action);
  }

  private static void check(boolean holds, String why, Action action) {
    if (!holds) {
      throw new AssertionError(why + ": " + action);
    }
  }
}

package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.VolumeSpec;
import io.jcompose.container.Signals;
import io.jcompose.engine.compile.AttachmentCompiler;
import io.jcompose.engine.compile.FileMounts;
import io.jcompose.engine.compile.MountCompiler;
import io.jcompose.engine.compile.PublishedPorts;
import io.jcompose.engine.compile.ServiceCompiler;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.Image;
import io.jcompose.image.ImageStore;
import io.jcompose.network.NetworkException;
import io.jcompose.network.Networks;
import io.jcompose.plan.Action;
import io.jcompose.plan.Cause;
import io.jcompose.plan.ContainerRef;
import io.jcompose.plan.Plan;
import io.jcompose.plan.Step;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Carries plans out: one small method for each kind of action, and words for whoever watches. */
final class Reconciler {
  private static final String CONTAINER = "Container";
  private static final String NETWORK = "Network";
  private static final String VOLUME = "Volume";
  private static final String SNAPSHOT = "Snapshot";
  private final Units units;
  private final ProjectNetworks projectNetworks;
  private final Networks networks;
  private final Volumes volumes;
  private final ImageStore images;
  private final Images imageOperations;
  private final ImageBuilds builds;
  private final PortClaims ports;
  private final SecretStore secrets;
  private final VolumeSnapshots snapshots;
  private final Waits waits;

  Reconciler(
      Units units,
      ProjectNetworks projectNetworks,
      Networks networks,
      Volumes volumes,
      ImageStore images,
      Images imageOperations,
      ImageBuilds builds,
      PortClaims ports,
      SecretStore secrets,
      VolumeSnapshots snapshots,
      Waits waits) {
    this.units = units;
    this.projectNetworks = projectNetworks;
    this.networks = networks;
    this.volumes = volumes;
    this.images = images;
    this.imageOperations = imageOperations;
    this.builds = builds;
    this.ports = ports;
    this.secrets = secrets;
    this.snapshots = snapshots;
    this.waits = waits;
  }

  /** Begins work for one command. */
  Run prepare(
      Project project, Progress progress, Cancellation cancellation, Map<String, String> environment) {
    return prepare(project, progress, cancellation, environment, new Timeline());
  }

  /** Begins work for one command, of whose steps {@code timeline} takes note. */
  Run prepare(
      Project project,
      Progress progress,
      Cancellation cancellation,
      Map<String, String> environment,
      Timeline timeline) {
    return new Run(project, progress, cancellation, environment, timeline);
  }

  /** The plans of one command, carried out one after another. */
  final class Run {
    private final Project project;
    private final Progress progress;
    private final Cancellation cancellation;
    private final Map<String, String> environment;
    private final Timeline timeline;
    private final Map<String, Cause> recreating = new ConcurrentHashMap<>();

    private Run(
        Project project,
        Progress progress,
        Cancellation cancellation,
        Map<String, String> environment,
        Timeline timeline) {
      this.project = project;
      this.progress = progress;
      this.cancellation = cancellation;
      this.environment = environment;
      this.timeline = timeline;
    }

    void carryOut(Plan plan) {
      for (ContainerRef kept : plan.kept()) {
        boolean touched =
            plan.steps().stream()
                .anyMatch(s -> s.action() instanceof Action.StartContainer start && start.container().name().equals(kept.name()));
        if (!touched) {
          progress.step(CONTAINER, kept.name(), Progress.Phase.DONE, "Running", "");
        }
      }
      timeline.begin(plan);
      new PlanRunner(plan, step -> timeline.measure(step, () -> perform(step)), cancellation, ParallelLimit.of(environment))
          .run();
    }

    /** Carries out a plan that starts containers: with all ports taken before the first start. */
    void carryOutWithPorts(Plan plan) {
      ports.begin();
      try {
        reservePorts(plan);
        carryOut(plan);
      } finally {
        ports.end();
      }
    }

    private void reservePorts(Plan plan) {
      Set<String> leaving =
          plan.steps().stream()
              .map(Step::action)
              .filter(Action.StopContainer.class::isInstance)
              .map(a -> ((Action.StopContainer) a).container().name())
              .collect(Collectors.toSet());
      for (Step step : plan.steps()) {
        switch (step.action()) {
          case Action.CreateContainer create ->
              project
                  .service(create.container().service())
                  .ifPresent(
                      service ->
                          ports.claim(create.container().name(), project.name(), published().of(service), leaving));
          case Action.StartContainer start when start.container().exists() -> {
            ContainerRecord record = units.find(start.container().id()).record();
            // Not by its name: what a recreate has left half way is renamed before.
            ports.claim(start.container().name(), record.project(), record.ports(), leaving);
          }
          default -> {
            // Nothing else publishes a port.
          }
        }
      }
    }

    private void perform(Step step) {
      Action action = step.action();
      String name = action.subject();
      switch (action) {
        case Action.BuildImage build ->
            builds.buildService(project, build.service(), ImageBuilds.Options.DEFAULT, environment, progress, cancellation);
        case Action.PullImage pull -> pull(pull);
        case Action.RemoveImage remove -> imageOperations.remove(remove.reference(), true);
        case Action.CreateNetwork create ->
            told(NETWORK, name, "Creating", "Created", () ->
                projectNetworks.create(
                    project.name(), project.networks().get(create.key()), create.config()));
        case Action.RemoveNetwork remove -> removeNetwork(remove);
        case Action.ConnectNetwork connect -> reattach(connect.container(), connect.key());
        case Action.DisconnectNetwork disconnect -> detach(disconnect.container(), disconnect.key());
        case Action.CreateVolume create ->
            told(VOLUME, name, "Creating", "Created", () -> createVolume(create));
        case Action.RemoveVolume remove -> removeVolume(remove, step);
        case Action.SnapshotVolumes snapshot -> snapshot(snapshot);
        case Action.CreateContainer create when create.replaces().isPresent() -> recreate(create, step);
        case Action.CreateContainer create ->
            told(CONTAINER, create.container().name(), "Creating", "Created", () -> create(create));
        case Action.StartContainer start ->
            told(CONTAINER, name, "Starting", "Started", () -> start(unit(start.container())));
        case Action.StopContainer stop ->
            told(CONTAINER, name, "Stopping", "Stopped", () -> stop(unit(stop.container()), stop.timeout()));
        case Action.KillContainer kill ->
            told(CONTAINER, name, "Killing", "Killed", () -> unit(kill.container()).termination().signal(Signals.parse(kill.signal())));
        case Action.PauseContainer pause ->
            told(CONTAINER, name, "Pausing", "Paused", () -> unit(pause.container()).freezer().pause());
        case Action.UnpauseContainer unpause ->
            told(CONTAINER, name, "Unpausing", "Unpaused", () -> unit(unpause.container()).freezer().unpause());
        case Action.RemoveContainer remove ->
            told(CONTAINER, name, "Removing", "Removed", () -> remove(remove));
        case Action.RenameContainer rename -> {
          unitNamed(rename.from()).amendments().rename(rename.container().name());
          recreated(rename.container().name());
        }
        case Action.AwaitDependency await -> awaitDependency(await);
      }
    }

    private void told(String kind, String name, String doing, String done, Runnable work) {
      begun(kind, name, doing, work);
      progress.step(kind, name, Progress.Phase.DONE, done, "");
    }

    private void begun(String kind, String name, String doing, Runnable work) {
      progress.step(kind, name, Progress.Phase.WORKING, doing, "");
      try {
        work.run();
      } catch (RuntimeException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        progress.step(kind, name, Progress.Phase.FAILED, "Error", why.lines().findFirst().orElse(""));
        throw e;
      }
    }

    /** One that waits under another name is not in the old one's place before it has been given its own. */
    private void recreate(Action.CreateContainer create, Step step) {
      String name = create.container().name();
      recreating.put(name, step.cause());
      begun(CONTAINER, name, "Recreate", () -> create(create));
      if (create.createdAs().equals(name)) {
        recreated(name);
      }
    }

    private void recreated(String name) {
      Cause cause = recreating.remove(name);
      if (cause != null) {
        progress.step(CONTAINER, name, Progress.Phase.DONE, "Recreated", because(cause));
      }
    }

    private static String because(Cause cause) {
      if (cause.changes().isEmpty()) {
        return "because " + cause.words();
      }
      return "because "
          + cause.changes().stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private Unit unit(ContainerRef ref) {
      return ref.exists()
          ? units.byId(ref.id()).orElseThrow(() -> new EngineException("container " + ref.name() + " is gone"))
          : unitNamed(ref.name());
    }

    private Unit unitNamed(String name) {
      return units.byName(name).orElseThrow(() -> new EngineException("container " + name + " is gone"));
    }

    private void pull(Action.PullImage pull) {
      try {
        imageOperations.pull(pull.reference(), pull.platform(), environment, progress, cancellation);
      } catch (RuntimeException e) {
        if (pull.orBuild().isEmpty() || e instanceof CancelledException) {
          throw e;
        }
        builds.buildService(
            project, pull.orBuild().get(), ImageBuilds.Options.DEFAULT, environment, progress, cancellation);
      }
    }

    private void snapshot(Action.SnapshotVolumes action) {
      List<String> names = action.names().stream().filter(snapshots::copyable).toList();
      if (!names.isEmpty()) {
        String name = snapshots.take("", project.name(), names, true);
        progress.step(SNAPSHOT, name, Progress.Phase.DONE, "Created", "of " + String.join(", ", names));
      }
    }

    private void removeVolume(Action.RemoveVolume remove, Step step) {
      boolean used =
          units.all().stream()
              .anyMatch(
                  unit ->
                      unit.record().volumes().values().stream()
                          .anyMatch(volume -> volume.name().equals(remove.name())));
      if (used) {
        progress.step(VOLUME, remove.name(), Progress.Phase.WARNING, "Resource is still in use", "");
        return;
      }
      told(VOLUME, remove.name(), "Removing", "Removed", () -> volumes.remove(remove.name()));
    }

    private void removeNetwork(Action.RemoveNetwork remove) {
      progress.step(NETWORK, remove.name(), Progress.Phase.WORKING, "Removing", "");
      try {
        networks.remove(remove.id());
      } catch (NetworkException e) {
        if (networks.endpoints().of(remove.id()).isEmpty()) {
          throw e;
        }
        progress.step(NETWORK, remove.name(), Progress.Phase.WARNING, "Resource is still in use", "");
        return;
      }
      progress.step(NETWORK, remove.name(), Progress.Phase.DONE, "Removed", "");
    }

    private void createVolume(Action.CreateVolume create) {
      VolumeSpec spec = project.volumes().get(create.key());
      String driver = spec.driver().orElse("local");
      if (!driver.equals("local")) {
        throw new EngineException(
            "volume \"" + spec.key() + "\": this engine has no volume driver " + driver
                + "; leave driver: out for a folder on this host");
      }
      Map<String, String> labels = new TreeMap<>(spec.labels());
      labels.put("com.docker.compose.project", project.name());
      labels.put("com.docker.compose.volume", spec.key());
      volumes.create(
          new Volume(
              spec.name(), spec.driverOptions(), labels, project.name(), spec.key(),
              create.config().keys(), false, System.currentTimeMillis()));
    }

    private void create(Action.CreateContainer create) {
      projectNetworks.keepFixedAddresses(project);
      try (ImageStore.Held image =
          images
              .hold(create.imageId())
              .orElseThrow(
                  () -> new EngineException("the image " + create.imageId() + " of service \"" + create.container().service() + "\" is gone"));
          ImageMounts mounted = new ImageMounts(images)) {
        create(create, image.image(), mounted);
      }
    }

    private void create(Action.CreateContainer create, Image image, ImageMounts mounted) {
      MountCompiler mounts = new MountCompiler(project, volumes, secrets::keep, this::mountsOf, mounted);
      ServiceCompiler compiler =
          new ServiceCompiler(
              project,
              mounts,
              new AttachmentCompiler(
                  project, projectNetworks::idOf, reference -> containerOf(reference).map(u -> u.record().id())),
              published());
      Set<String> owners = create.namespaceOwners().stream().map(this::owner).collect(Collectors.toSet());
      Undo undo = new Undo();
      undo.add(() -> mounts.made().forEach(volumes::remove));
      units.create(
          create.createdAs(),
          undo,
          id -> compiler.compile(create, owners, id, image, images.layerDirs(image), System.currentTimeMillis()));
    }

    private PublishedPorts published() {
      return new PublishedPorts(project, projectNetworks::facts);
    }

    /** The container that {@code service:NAME} or {@code container:NAME} means. */
    private Optional<Unit> containerOf(String reference) {
      if (reference.startsWith("container:")) {
        String name = reference.substring("container:".length());
        return units.byId(name).or(() -> units.byName(name));
      }
      String service = reference.startsWith("service:") ? reference.substring("service:".length()) : reference;
      // While it is made anew there are two; the new one is what counts.
      return units.ofService(project.name(), service).stream()
          .min(
              Comparator.<Unit>comparingInt(u -> u.record().number())
                  .thenComparing(u -> u.record().created(), Comparator.reverseOrder()));
    }

    /** The id of a container whose namespaces or volumes are shared; an earlier step of the plan may have made it. */
    private String owner(ContainerRef ref) {
      return ref.exists()
          ? ref.id()
          : units.ofService(project.name(), ref.service()).stream()
              .map(Unit::record)
              .filter(record -> record.number() == ref.number())
              .max(Comparator.comparingLong(ContainerRecord::created))
              .map(ContainerRecord::id)
              .orElseThrow(() -> new EngineException("container " + ref.name() + " is gone"));
    }

    private MountCompiler.Mounts mountsOf(String reference) {
      Unit unit =
          containerOf(reference)
              .orElseThrow(() -> new EngineException("volumes_from: there is no container of " + reference));
      return new MountCompiler.Mounts(unit.record().spec().mounts(), unit.record().volumes());
    }

    private void start(Unit unit) {
      ContainerRecord record = unit.record();
      Optional<Service> service = project.service(record.service());
      if (service.isPresent() && secrets.lacksAny(record)) {
        new FileMounts(project, secrets::keep).of(service.get(), record.id());
      }
      HookRunner hooks = new HookRunner(unit, progress, cancellation);
      try {
        unit.supervisor().start().forEach(progress::warning);
      } catch (StartFailedException e) {
        // 126 and 127 are for the command; for the rest a project's verbs have 1, and 125 those of single containers.
        throw e.exitCode() == StartFailedException.NOT_STARTED ? new EngineException(e.getMessage(), e) : e;
      }
      hooks.postStart();
    }

    private void stop(Unit unit, Optional<Duration> timeout) {
      new HookRunner(unit, progress, cancellation).preStop();
      StopForecast.warning(unit, timeout).ifPresent(progress::warning);
      unit.termination().stop(timeout);
    }

    private void reattach(ContainerRef container, String key) {
      Unit unit = unit(container);
      ContainerRecord record = unit.record();
      new AttachmentCompiler(project, projectNetworks::idOf, r -> Optional.empty())
          .ofNetwork(project.service(record.service()).orElseThrow(), record.name(), record.oneOff(), key)
          .forEach(place -> new ContainerNetworks(units).join(unit, place));
    }

    private void detach(ContainerRef container, String key) {
      Unit unit = unit(container);
      unit.record().attachments().stream()
          .filter(a -> a.key().equals(key))
          .forEach(a -> new ContainerNetworks(units).leave(unit, a.network()));
    }

    private void remove(Action.RemoveContainer remove) {
      Optional<Unit> unit =
          remove.container().exists()
              ? units.byId(remove.container().id())
              : units.byName(remove.container().name());
      if (unit.isEmpty()) {
        return;
      }
      new Removals(units, volumes).remove(unit.get(), remove.withAnonymousVolumes());
    }

    private void awaitDependency(Action.AwaitDependency await) {
      try (Cancellation.Registration wait = waits.begin(project.name(), await.service(), await.condition())) {
        DependencyWait.await(units.ofService(project.name(), await.service()), await, progress, cancellation);
      } catch (EngineException e) {
        if (await.required()) {
          throw e;
        }
        progress.warning("optional dependency " + await.service() + ": " + e.getMessage());
      }
    }
  }
}

package io.jcompose.engine;

import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.VolumeSpec;
import io.jcompose.engine.compile.AttachmentCompiler;
import io.jcompose.engine.compile.FileMounts;
import io.jcompose.engine.compile.MountCompiler;
import io.jcompose.engine.compile.PublishedPorts;
import io.jcompose.engine.compile.ServiceCompiler;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.Image;
import io.jcompose.image.ImageStore;
import io.jcompose.plan.Action;
import io.jcompose.plan.Config;
import io.jcompose.plan.ContainerRef;
import io.jcompose.volume.Volumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes and starts containers of no project; the way from a service to a container is that of Compose files. */
public final class Standalone {
  /** What could not be made, as Docker's tools say it. */
  private static final System.Logger LOG = System.getLogger("engine.standalone");
  private static final long REMOVAL_LIMIT_MILLIS = 15_000;
  private static final int NOT_MADE = 125;

  private final Units units;
  private final ImageStore store;
  private final Images images;
  private final Volumes volumes;
  private final ProjectNetworks networks;
  private final FileMounts.Store secretFiles;
  private final LogWatcher watcher;

  Standalone(
      Units units,
      ImageStore store,
      Images images,
      Volumes volumes,
      ProjectNetworks networks,
      FileMounts.Store secretFiles,
      LogWatcher watcher) {
    this.units = units;
    this.store = store;
    this.images = images;
    this.volumes = volumes;
    this.networks = networks;
    this.secretFiles = secretFiles;
    this.watcher = watcher;
  }

  /** Makes the container, and before that whatever of image and volumes is missing; returns its id. */
  public String create(StandaloneRequest request, Progress progress, Cancellation cancellation) {
    Project project = request.project();
    Service service = project.services().values().iterator().next();
    try {
      units.requireFree(service.name());
      try (ImageStore.Held image = image(request, service, progress, cancellation);
          ImageMounts mounted = new ImageMounts(store)) {
        if (request.publishAll()) {
          service = publishingAll(service, image.image());
          project = project.withService(service);
        }
        for (VolumeSpec volume : project.volumes().values()) {
          new StoredVolumes(volumes, units).create(volume.name(), "local", Map.of(), Map.of());
        }
        return make(project, service, image.image(), mounted, request);
      }
    } catch (EngineException e) {
      // Rules that services and single containers share speak of services.
      String words = e.getMessage().replace("service \"" + service.name() + "\"", "container " + service.name());
      throw new EngineException(words, e.exitCode() == 1 ? NOT_MADE : e.exitCode(), e);
    }
  }

  private ImageStore.Held image(
      StandaloneRequest request, Service service, Progress progress, Cancellation cancellation) {
    String name = service.image().orElseThrow();
    if (!request.pull().equals("always")) {
      Optional<ImageStore.Held> there = store.hold(name);
      if (there.isPresent()) {
        return there.get();
      }
      if (request.pull().equals("never")) {
        throw new EngineException(
            "image " + name + " is not in the store and is not to be pulled; leave --pull=never out, or load it");
      }
    }
    images.pull(name, request.environment(), progress, cancellation);
    return store.hold(name).orElseThrow(() -> new EngineException("image " + name + " is gone again"));
  }

  private static Service publishingAll(Service service, Image image) {
    Set<String> exposed = new TreeSet<>(image.config().exposedPorts());
    exposed.addAll(service.networking().expose());
    List<Port> ports = new ArrayList<>(service.networking().ports());
    for (String text : exposed) {
      String[] parts = text.split("/", 2);
      String[] range = parts[0].split("-", 2);
      String protocol = parts.length > 1 ? parts[1] : "tcp";
      for (int port = Integer.parseInt(range[0]); port <= Integer.parseInt(range[range.length - 1]); port++) {
        int target = port;
        if (ports.stream().noneMatch(p -> p.target() == target && p.protocol().equals(protocol))) {
          ports.add(
              new Port(
                  target, Optional.empty(), Optional.empty(), protocol, "ingress", Optional.empty(), Optional.empty()));
        }
      }
    }
    return service.toBuilder().networking(service.networking().withPorts(ports)).build();
  }

  private String make(
      Project project, Service service, Image image, ImageMounts mounted, StandaloneRequest request) {
    MountCompiler mounts = new MountCompiler(project, volumes, secretFiles, this::mountsOf, mounted);
    Undo undo = new Undo();
    undo.add(() -> mounts.made().forEach(volumes::remove));
    Unit unit =
        units.create(
            service.name(),
            undo,
            id -> {
              ContainerRecord record = compile(project, service, image, mounts, id);
              return record.withLifetime(
                  record.lifetime().withRemovedAtEnd(request.removedAtEnd()).withInputOnce(request.inputOnce()));
            });
    return unit.record().id();
  }

  private ContainerRecord compile(
      Project project, Service service, Image image, MountCompiler mounts, String id) {
    ServiceCompiler compiler =
        new ServiceCompiler(
            project,
            mounts,
            new AttachmentCompiler(
                project, networks::idOf, reference -> container(reference).map(u -> u.record().id())),
            new PublishedPorts(project, networks::facts));
    Action.CreateContainer action =
        new Action.CreateContainer(
            new ContainerRef(service.name(), 0, service.name(), ""),
            service.name(), image.id().toString(), Config.NONE, Optional.empty(), Map.of(), List.of());
    return compiler.compile(
        action, Set.of(), id, image, store.layerDirs(image), System.currentTimeMillis());
  }

  private Optional<Unit> container(String reference) {
    return reference.startsWith("container:")
        ? Optional.of(units.find(reference.substring("container:".length())))
        : Optional.empty();
  }

  private MountCompiler.Mounts mountsOf(String reference) {
    ContainerRecord record =
        container(reference)
            .orElseThrow(() -> new EngineException("--volumes-from: there is no container of " + reference))
            .record();
    return new MountCompiler.Mounts(record.spec().mounts(), record.volumes());
  }

  /**
   * Starts a container and joins the caller to it until it has ended.
   *
   * @return its exit code; 0 when the caller has left it running
   */
  public int startAttached(String container, StreamOptions streams, Invocation invocation) {
    Unit unit = units.find(container);
    boolean goes = unit.record().lifetime().removedAtEnd();
    TerminalSize size = TerminalSize.of(invocation);
    Optional<Integer> code;
    try {
      code = new Session(unit, streams, invocation, watcher).attend(() -> warn(unit.supervisor().start(size), invocation));
    } catch (RuntimeException e) {
      if (goes) {
        awaitGone(unit);
      }
      throw e;
    }
    if (code.isPresent() && goes) {
      awaitGone(unit);
    }
    return code.orElse(0);
  }

  private static void warn(List<String> warnings, Invocation invocation) {
    warnings.forEach(warning -> invocation.err().println("warning: " + warning));
  }

  /** So that its name is free when the command is over; a removal that fails is not waited for for ever. */
  private void awaitGone(Unit unit) {
    Cancellation limit = new Cancellation();
    Timers.Handle timer = units.timers().after(REMOVAL_LIMIT_MILLIS, limit::request);
    try {
      unit.awaitCalmly(u -> u.disposal().gone() || u.status().run() == 0, limit);
    } catch (CancelledException e) {
      LOG.log(System.Logger.Level.WARNING, unit.record().name() + " has ended, and could not be removed");
    } finally {
      timer.cancel();
    }
  }

  /** Starts a container in the background; returns warnings for the user. */
  public List<String> start(String container) {
    return units.find(container).supervisor().start();
  }
}

package io.jcompose.engine;

import io.jcompose.build.Builder;
import io.jcompose.container.HostFacts;
import io.jcompose.container.KeeperLoop;
import io.jcompose.container.Keepers;
import io.jcompose.container.LauncherControl;
import io.jcompose.container.cgroup.CgroupException;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.engine.state.BootRecord;
import io.jcompose.engine.state.DataFormat;
import io.jcompose.engine.state.StateStore;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageStore;
import io.jcompose.linux.UnixSocket;
import io.jcompose.network.Mark;
import io.jcompose.network.NetworkException;
import io.jcompose.network.Networks;
import io.jcompose.network.dns.DnsServer;
import io.jcompose.volume.Snapshots;
import io.jcompose.volume.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The engine: all operations, and the parts that they work with. One per data root. */
public final class Engine {
  private static final System.Logger LOG = System.getLogger("engine");
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private final EngineSettings settings;
  private final long started = System.currentTimeMillis();
  private final LauncherControl launcher;
  private final Events events = new Events();
  private final Units units;
  private final Starter starter;
  private final ProjectNetworks networks;
  private final Cgroups cgroups;
  private final Projects projects;
  private final OneOffRuns oneOffs;
  private final Standalone standalone;
  private final ContainerDetails details;
  private final Containers containers;
  private final Reasons reasons;
  private final ContainerControl control;
  private final ContainerFiles files;
  private final ContainerStatistics statistics;
  private final Logs logs;
  private final Images images;
  private final ImageBuilds builds;
  private final StoredVolumes storedVolumes;
  private final ContainerImages containerImages;
  private final VolumeSnapshots snapshots;
  private final VolumeArchives volumeArchives;
  private final DockerVolumes dockerVolumes;
  private final DiskUsage disk;
  private final SystemPrune cleaning;
  private final StoredNetworks storedNetworks;
  private final EngineLifetime lifetime;

  private Engine(EngineSettings settings, UnixSocket control) {
    this.settings = settings;
    KernelCheck.check();
    checkFormat(settings.root());
    StateStore.folder(settings.root());
    DataFormat.note(settings.root());
    StateStore.folder(settings.run());
    launcher = new LauncherControl(control.fd());
    Mark mark = Mark.of(settings.root());
    cgroups = Cgroups.detect(mountinfo(), "/", mark.value());
    cgroups.move((int) ProcessHandle.current().pid(), "engine");
    ProcessHandle.current().parent().ifPresent(p -> cgroups.move((int) p.pid(), "keepers"));
    StateStore store = new StateStore(settings.root());
    Volumes volumes = new Volumes(settings.root().resolve("volumes"));
    Networks kernelNetworks = Networks.open(settings.root().resolve("networks"), mark, Optional.empty());
    networks = new ProjectNetworks(kernelNetworks);
    DnsServer dns = DnsServer.start(RESOLV_CONF);
    ImageStore imageStore =
        ImageStore.open(settings.root().resolve("images"), settings.root().resolve("layers"));
    KeeperLoop loop = new KeeperLoop();
    Keepers keepers = new Keepers(settings.run(), launcher, loop);
    Timers timers = new Timers();
    PortClaims ports = new PortClaims(kernelNetworks.ports());
    starter =
        new Starter(
            new io.jcompose.container.Containers(
                settings.root().resolve("containers"), keepers, cgroups, HostFacts.read()),
            cgroups,
            keepers,
            kernelNetworks,
            new NameZones(kernelNetworks, dns),
            dns,
            ports,
            new SecretStore(settings.run().resolve("secrets")),
            RESOLV_CONF,
            timers,
            mark.value());
    units = new Units(starter, store, events, timers);
    units.discardWith(unit -> new Removals(units, volumes).remove(unit, true));
    starter.units(text -> units.byId(text).or(() -> units.byName(text)), units::all);
    imageStore.addRoots(
        () ->
            units.all().stream()
                .flatMap(u -> u.record().images().stream())
                .map(Digest::parse)
                .collect(Collectors.toSet()));
    images = new Images(imageStore, units, settings);
    storedVolumes = new StoredVolumes(volumes, units);
    storedNetworks = new StoredNetworks(kernelNetworks, units);
    dockerVolumes = new DockerVolumes(volumes);
    HeldContainers held = new HeldContainers(cgroups, settings.run().resolve("held"));
    ProjectLocks locks = new ProjectLocks();
    StoppedContainers stopped = new StoppedContainers(locks);
    snapshots =
        new VolumeSnapshots(
            volumes,
            new Snapshots(settings.root().resolve("snapshots"), volumes),
            units,
            held,
            stopped);
    volumeArchives = new VolumeArchives(volumes, storedVolumes, stopped);
    LogWatcher watcher = new LogWatcher();
    Builder builder =
        new Builder(
            imageStore,
            new BuildSteps(starter, kernelNetworks, watcher),
            settings.root().resolve("build"));
    builds = new ImageBuilds(builder, imageStore, images);
    Waits waits = new Waits();
    reasons = new Reasons(units, waits);
    standalone =
        new Standalone(units, imageStore, images, volumes, networks, starter.secrets()::keep, watcher);
    Reconciler reconciler =
        new Reconciler(
            units, networks, kernelNetworks, volumes, imageStore, images, builds, ports, starter.secrets(), snapshots, waits);
    Observer observer = new Observer(units, networks, volumes, imageStore);
    projects = new Projects(units, observer, reconciler, locks, store, kernelNetworks::advice);
    oneOffs = new OneOffRuns(units, observer, reconciler, locks, standalone);
    details = new ContainerDetails(units, imageStore, kernelNetworks);
    containers = new Containers(units, kernelNetworks, new Execs(), starter, watcher);
    this.control = new ContainerControl(units, new Removals(units, volumes), containers);
    statistics = new ContainerStatistics(units, starter);
    files = new ContainerFiles(units, starter);
    logs = new Logs(units, events, watcher, locks);
    containerImages =
        new ContainerImages(units, imageStore, new ConfigChanges(imageStore, builder), held, settings.root());
    disk = new DiskUsage(imageStore, images, units, containers, storedVolumes, builder, settings.root());
    cleaning = new SystemPrune(units, networks, kernelNetworks, images, storedVolumes, builder, imageStore);
    lifetime = new EngineLifetime(units::anyActive, timers, settings.idle(), this::leave);
    BootRecord boot = BootRecord.of(settings.root());
    Adoption adoption = new Adoption(store, units, keepers, starter, held);
    if (boot.rebooted()) {
      Reboot.remake(kernelNetworks);
      adoption.afterReboot();
    } else {
      adoption.run();
    }
    boot.note();
    starter.leftovers().sweep(ids());
    removeUnused();
    ports.ports().forgetOthers();
    timers.now(imageStore::collectGarbage);
    lifetime.begin(events);
  }

  /**
   * Starts the engine and takes over what runs.
   *
   * @param control the engine's end of the control socket to its launcher
   */
  public static Engine start(EngineSettings settings, UnixSocket control) {
    return new Engine(settings, control);
  }

  /** What a newer jcompose has written is not touched. */
  private static void checkFormat(Path root) {
    DataFormat.newer(root)
        .ifPresent(
            format -> {
              throw new EngineException(
                  "the data in " + root + " were written by a newer jcompose (format " + format + ", this one knows "
                      + DataFormat.current() + "): use that one, or another JCOMPOSE_ROOT");
            });
  }

  private static String mountinfo() {
    try {
      return Files.readString(Path.of("/proc/self/mountinfo"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Projects projects() {
    return projects;
  }

  /** All that is known of single containers. */
  public ContainerDetails details() {
    return details;
  }

  /** Containers of no project. */
  public Standalone standalone() {
    return standalone;
  }

  public OneOffRuns oneOffs() {
    return oneOffs;
  }

  public Containers containers() {
    return containers;
  }

  public Reasons reasons() {
    return reasons;
  }

  public ContainerStatistics statistics() {
    return statistics;
  }

  public ContainerFiles files() {
    return files;
  }

  public ContainerControl control() {
    return control;
  }

  public Logs logs() {
    return logs;
  }

  public StoredNetworks storedNetworks() {
    return storedNetworks;
  }

  /** The digests of the store's images, as they are now. */
  public ImagePins imagePins() {
    return ImagePins.of(settings.root());
  }

  public Images images() {
    return images;
  }

  public StoredVolumes volumes() {
    return storedVolumes;
  }

  public ContainerImages containerImages() {
    return containerImages;
  }

  public DiskUsage disk() {
    return disk;
  }

  public SystemPrune cleaning() {
    return cleaning;
  }

  public VolumeArchives volumeArchives() {
    return volumeArchives;
  }

  public VolumeSnapshots snapshots() {
    return snapshots;
  }

  public DockerVolumes dockerVolumes() {
    return dockerVolumes;
  }

  public ImageBuilds builds() {
    return builds;
  }

  public Events events() {
    return events;
  }

  public ClientServer.Lifetime lifetime() {
    return lifetime;
  }

  public EngineStatus status() {
    return new EngineStatus(
        ProcessHandle.current().pid(),
        started,
        units.all().size(),
        (int) units.running(),
        networks.list().size(),
        images.count(),
        cgroups.unified() ? "version 2" : "version 1",
        settings.root().toString(),
        settings.run().toString(),
        "after " + settings.idle().toSeconds() + " s without containers and callers");
  }

  /**
   * What carries our mark and belongs to nothing that is known, each in words. Nothing while other commands are under
   * way: what they are making is not known yet.
   */
  public List<String> leftovers() {
    return lifetime.alone() ? starter.leftovers().find(ids()) : List.of();
  }

  /** Ends and removes what {@link #leftovers} finds. */
  public void clearLeftovers() {
    if (lifetime.alone()) {
      starter.leftovers().sweep(ids());
    }
  }

  private Set<String> ids() {
    return units.all().stream().map(u -> u.record().id()).collect(Collectors.toSet());
  }

  /** Ends the engine when the command that asks for it has returned; containers run on. */
  public void stopAfterThisCommand() {
    lifetime.stopSoon();
  }

  private void leave() {
    try {
      removeUnused();
      if (!units.anyActive()) {
        leaveNothing();
      }
      launcher.quit();
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  private void removeUnused() {
    try {
      starter.leases().removeUnused();
    } catch (NetworkException e) {
      LOG.log(System.Logger.Level.WARNING, "a network stays behind: " + e.getMessage());
    }
  }

  /** Without running containers there is nothing that the next engine would need of the kernel. */
  private void leaveNothing() {
    try {
      ProcessHandle self = ProcessHandle.current();
      cgroups.leave((int) self.pid());
      self.parent().ifPresent(p -> cgroups.leave((int) p.pid()));
      cgroups.removeTree();
    } catch (CgroupException e) {
      LOG.log(System.Logger.Level.WARNING, "control groups stay behind: " + e.getMessage());
    }
  }
}

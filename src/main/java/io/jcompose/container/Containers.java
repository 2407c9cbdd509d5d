package io.jcompose.container;

import io.jcompose.container.cgroup.CgroupException;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.container.cgroup.ContainerCgroup;
import io.jcompose.container.cgroup.Usage;
import io.jcompose.fault.Fault;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Memfd;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The runtime: makes, starts, stops and removes containers. It keeps no state: what is true is on disk, in the control
 * groups and with the keepers.
 */
public final class Containers {
  /** How long processes may take to die of SIGKILL. */
  private static final Duration KILL_WAIT = Duration.ofSeconds(10);

  /** The key under which the keeper holds the container's root. */
  private static final String ROOT = "root";

  private final Path folder;
  private final MountPointLayer mountPoints;
  private final Keepers keepers;
  private final Cgroups cgroups;
  private final HostFacts host;

  /**
   * @param folder {@code $JCOMPOSE_ROOT/containers}
   * @param host see {@link HostFacts#read}
   */
  public Containers(Path folder, Keepers keepers, Cgroups cgroups, HostFacts host) {
    this.folder = folder;
    this.mountPoints = MountPointLayer.in(folder.resolveSibling("mount-points"));
    makePlace(Folders.place(folder));
    this.keepers = keepers;
    this.cgroups = cgroups;
    this.host = host;
  }

  private static void makePlace(Path place) {
    try {
      Files.createDirectories(
          place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + place + ": " + e.getMessage(), e);
    }
  }

  /**
   * A container that runs.
   *
   * @param process its first process; the pidfd is the caller's to close
   * @param warnings what this kernel cannot do of what was asked, for the user
   */
  public record Started(Keeper.Process process, List<String> warnings) {}

  /** The container's folder. */
  public Path folder(ContainerSpec spec) {
    return Folders.of(folder, spec).own();
  }

  /** An empty folder to mount on, in mount namespaces that end with the work. */
  public Path place() {
    return Folders.place(folder);
  }

  /** What the container's writable layer lies on, the top-most first. */
  public List<Path> layers(ContainerSpec spec) {
    return mountPoints.below(spec.root().layers());
  }

  /** The file that the container has as /etc/hosts. */
  public Path hostsFile(ContainerSpec spec) {
    return Folders.of(folder, spec).etc().resolve("hosts");
  }

  /** Makes the container's folder and its writable layer; no process. */
  public void create(ContainerSpec spec) {
    Folders folders = Folders.of(folder, spec);
    try {
      var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(folders.own(), mode);
      Fault.point("container.folder.made");
      Path writable = folders.writable(spec);
      Files.createDirectories(writable.resolve("work"), mode);
      Files.createDirectories(writable.resolve("upper"));
      Fault.point("container.layer.made");
      Files.setPosixFilePermissions(
          writable.resolve("upper"), PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new StartException(
          125, "the folder " + folders.own() + " of " + spec.name() + " cannot be made: " + e, e);
    }
  }

  /** Makes what a start needs that waits for nothing else. When it fails, with {@link StartException}, nothing stays. */
  public Groundwork lay(ContainerSpec spec) {
    HostDevices.Found devices = StartPreparation.devices(spec);
    Cgroups.Created cgroup;
    try {
      cgroup = cgroups.create(spec.id(), spec.limits(), devices.rules());
      Fault.point("container.cgroup.created");
    } catch (CgroupException e) {
      throw new StartException(125, e.getMessage(), e);
    }
    try {
      Folders folders = Folders.of(folder, spec);
      Fd root = RootFilesystem.mount(layers(spec), folders.writable(spec), folders.place());
      try {
        Fault.point("container.root.mounted");
        User user = StartPreparation.user(root, spec);
        return new Groundwork(devices, cgroup, root, user, () -> finishWithoutKeeper(spec));
      } catch (RuntimeException e) {
        root.close();
        throw e;
      }
    } catch (RuntimeException e) {
      Teardown.after(e, () -> finishWithoutKeeper(spec));
      throw failed(e);
    }
  }

  /**
   * Starts the container's first process. When it fails, with {@link StartException}, whatever this start made is
   * undone, the groundwork with it; the folders of {@link #create} stay.
   */
  public Started start(ContainerSpec spec, Groundwork ground, StartInputs inputs) {
    try {
      return new Started(launch(spec, inputs, ground), ground.cgroup().warnings());
    } catch (RuntimeException e) {
      Teardown.after(e, () -> finish(spec, inputs.keeper()));
      throw failed(e);
    }
  }

  private static StartException failed(RuntimeException e) {
    return e instanceof StartException start ? start : new StartException(125, e.getMessage(), e);
  }

  private Keeper.Process launch(ContainerSpec spec, StartInputs inputs, Groundwork ground) {
    Folders folders = Folders.of(folder, spec);
    ContainerCgroup cgroup = ground.cgroup().cgroup();
    Map<String, Fd> given = new LinkedHashMap<>(inputs.namespaces());
    List<Fd> opened = new ArrayList<>();
    try (Fd root = ground.take();
        StartPreparation preparation = new StartPreparation(spec, root, ground.user());
        MountSources sources = MountSources.open(spec.mounts(), inputs, folders.place())) {
      sharedMemory(spec, inputs.keeper())
          .ifPresent(
              shm -> {
                opened.add(shm);
                given.put(SharedMemory.SLOT, shm);
              });
      preparation.mounts(sources);
      Fault.point("container.mounts.opened");
      List<String> etc = preparation.files(writeEtc(inputs.etc(), folders));
      Fault.point("container.etc.written");
      List<String> joined = new ArrayList<>();
      List<Fd> into = cgroup.openFolder();
      opened.addAll(into);
      for (ContainerCgroup.Entry entry : cgroup.openEntries(!into.isEmpty())) {
        opened.add(entry.fd());
        joined.add(entry.hierarchy());
        given.put("cgroup " + entry.hierarchy(), entry.fd());
      }
      given.put(ROOT, root);
      StepProgram program =
          preparation.compile(host, joined, ground.devices().nodes(), place(folders), etc);
      List<Fd> slots = preparation.inOrder(program, given);
      Fault.point("container.program.compiled");
      slots.addAll(into);
      // Before there is a process: an engine that takes it over must find what to exec in.
      inputs.keeper().put(ROOT, root);
      Fault.point("container.root.kept");
      Keeper.Process process =
          ask(spec, inputs, preparation.user(), program, slots, into.isEmpty() ? -1 : slots.size() - 1);
      Fault.point("container.process.started");
      return process;
    } finally {
      opened.forEach(Fd::close);
    }
  }

  /** The /dev/shm of a container that is not alone with it; that of another container comes with the inputs. */
  private Optional<Fd> sharedMemory(ContainerSpec spec, Keeper keeper) {
    return switch (spec.isolation().ipc()) {
      case PRIVATE, JOINED -> Optional.empty();
      case HOST -> Optional.of(SharedMemory.ofHost());
      case SHAREABLE -> {
        SharedMemory made = SharedMemory.make(spec.shmSize(), Folders.of(folder, spec).place());
        try (Fd kept = made.kept()) {
          keeper.put(SharedMemory.SLOT, kept);
        }
        yield Optional.of(made.used());
      }
    };
  }

  /** The /dev/shm of a container that runs, for one that joins its IPC namespace; the caller closes it. */
  public Fd joinSharedMemory(ContainerSpec owner, Keeper keeper) {
    Fd kept =
        keeper
            .get(SharedMemory.SLOT)
            .orElseThrow(
                () ->
                    new StartException(
                        125,
                        "the IPC namespace of container " + owner.name()
                            + " is private; give that container ipc: shareable"));
    try (kept) {
      SharedMemory again = SharedMemory.again(kept, Folders.of(folder, owner).place());
      try (Fd next = again.kept()) {
        keeper.put(SharedMemory.SLOT, next);
      }
      return again.used();
    }
  }

  private static Map<String, Path> writeEtc(EtcFiles etc, Folders folders) {
    try {
      return etc.write(folders.etc());
    } catch (IOException e) {
      throw new StartException(125, "files in " + folders.etc() + " cannot be written: " + e, e);
    }
  }

  private static String place(Folders folders) {
    try {
      return folders.place().toRealPath().toString();
    } catch (IOException e) {
      throw new StartException(125, "the folder " + folders.place() + " is missing", e);
    }
  }

  private Keeper.Process ask(
      ContainerSpec spec,
      StartInputs inputs,
      User user,
      StepProgram program,
      List<Fd> slots,
      int cgroupSlot) {
    Keeper.StartOptions options =
        new Keeper.StartOptions(
            inputs.run(),
            program.namespaces(),
            user,
            spec.process().stdinOpen(),
            spec.process().tty(),
            inputs.rows(),
            inputs.columns(),
            spec.log(),
            cgroupSlot);
    try (Fd bytes = Memfd.of("program", program.encode());
        Fd log = Fs.open(folder(spec).toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
        Fd run = Fs.open(keepers.folder(spec).toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      return inputs.keeper().start(options, bytes, log, run, slots);
    } catch (StepFailedException e) {
      throw StepFailures.explain(e, program);
    }
  }

  /** What the program of a start would be now, for {@code container explain}. Changes nothing. */
  public StepProgram explain(ContainerSpec spec) {
    Folders folders = Folders.of(folder, spec);
    HostDevices.Found devices = StartPreparation.devices(spec);
    try (Fd root =
            RootFilesystem.mount(layers(spec), folders.writable(spec), folders.place());
        StartPreparation preparation = new StartPreparation(spec, root)) {
      return explain(spec, folders, devices, preparation);
    }
  }

  /** As {@link #explain(ContainerSpec)}, for a container that runs: its root cannot be mounted twice. */
  public StepProgram explain(ContainerSpec spec, Keeper keeper) {
    Optional<Fd> kept = keeper.get(ROOT);
    if (kept.isEmpty()) {
      return explain(spec);
    }
    try (Fd root = kept.get();
        StartPreparation preparation = new StartPreparation(spec, root)) {
      return explain(spec, Folders.of(folder, spec), StartPreparation.devices(spec), preparation);
    }
  }

  private StepProgram explain(
      ContainerSpec spec, Folders folders, HostDevices.Found devices, StartPreparation preparation) {
    preparation.placesOfMounts();
    List<String> etc =
        List.of("/etc/hosts", "/etc/hostname", "/etc/resolv.conf").stream()
            .filter(path -> Files.exists(folders.etc().resolve(path.substring("/etc/".length()))))
            .toList();
    return preparation.compile(
        host, cgroups.hierarchies(), devices.nodes(), folders.place().toString(), etc);
  }

  /**
   * Runs one more process in the container.
   *
   * @param streams descriptors for 0, 1, 2, which stay the caller's; those absent are /dev/null. None with a terminal:
   *     its master comes with the answer.
   * @param rows of the terminal; 0: unknown
   */
  public Keeper.Process exec(
      ContainerSpec spec,
      Keeper keeper,
      ExecSpec exec,
      Map<Integer, Fd> streams,
      int rows,
      int columns) {
    KeeperStatus status = keeper.status();
    if (status.state() != KeeperStatus.State.RUNNING) {
      throw new StartException(125, "container " + spec.name() + " is not running");
    }
    try {
      return exec(spec, keeper, status, exec, streams, rows, columns, cgroups.of(spec.id()).openFolder());
    } catch (LinuxException e) {
      throw new StartException(125, "exec in " + spec.name() + ": " + e.getMessage(), e);
    }
  }

  private Keeper.Process exec(
      ContainerSpec spec,
      Keeper keeper,
      KeeperStatus status,
      ExecSpec exec,
      Map<Integer, Fd> streams,
      int rows,
      int columns,
      List<Fd> into) {
    List<Fd> slots = new ArrayList<>();
    try (Fd root = root(spec, keeper)) {
      String name = exec.user().isEmpty() ? spec.process().user() : exec.user();
      User user = StartPreparation.user(root, name, spec.process().groupAdd());
      List<String> joined = new ArrayList<>();
      for (ContainerCgroup.Entry entry : cgroups.of(spec.id()).openEntries(!into.isEmpty())) {
        slots.add(entry.fd());
        joined.add(entry.hierarchy());
      }
      slots.add(ProcessIdentity.open(status.pid(), status.startTime()));
      ExecFacts facts =
          new ExecFacts(user, host.capabilities(), host.kernel(), host.osArch(), joined);
      StepProgram program = StepProgram.compileExec(spec, exec, facts);
      try (Fd bytes = Memfd.of("program", program.encode())) {
        slots.addAll(into);
        return keeper.exec(
            user, exec.tty(), rows, columns, bytes, slots, into.isEmpty() ? -1 : slots.size() - 1, streams);
      } catch (StepFailedException e) {
        throw StepFailures.explain(e, program);
      }
    } catch (LinuxException e) {
      if (e.is(Errno.ENOSYS) && !into.isEmpty()) {
        return exec(spec, keeper, status, exec, streams, rows, columns, List.of()); // the keeper is of an older build
      }
      throw e;
    } finally {
      slots.forEach(Fd::close);
      into.forEach(Fd::close);
    }
  }

  /** The root of a container that has a run, as it sees it; the caller closes it. */
  public Optional<Fd> rootIfRunning(Keeper keeper) {
    try {
      return keeper.get(ROOT);
    } catch (KeeperGoneException e) {
      return Optional.empty();
    }
  }

  /**
   * The root of a container that does not run, with its binds and volumes; the caller closes it, before the next
   * start.
   *
   * @param volumes what {@link VolumeNamespace#mount} gave for each volume with a file system of its own, by name
   */
  public Fd stoppedRoot(ContainerSpec spec, Map<String, Fd> volumes) {
    Folders folders = Folders.of(folder, spec);
    Path writable = folders.writable(spec);
    try (MountSources sources = MountSources.open(volumes, folders.place());
        StoppedMounts mounts = mountsOfStopped(spec, folders, sources)) {
      return RootFilesystem.mount(layers(spec), writable, folders.place(), mounts::place);
    }
  }

  private StoppedMounts mountsOfStopped(ContainerSpec spec, Folders folders, MountSources sources) {
    try (Fd root = RootFilesystem.mount(layers(spec), folders.writable(spec), folders.place())) {
      return StoppedMounts.open(spec, root, sources);
    }
  }

  /** The container's root as it sees it, for exec and for copying; the caller closes it. */
  public Fd root(ContainerSpec spec, Keeper keeper) {
    return keeper
        .get(ROOT)
        .orElseThrow(() -> new StartException(125, "container " + spec.name() + " is not running"));
  }

  /**
   * Asks the container to stop, and kills it when it has not after {@code grace}; returns when it has ended.
   *
   * @param grace negative: wait for ever
   */
  public Exit stop(ContainerSpec spec, Keeper keeper, int run, Duration grace)
      throws InterruptedException {
    var exit = keeper.exit(run);
    cgroups.of(spec.id()).thaw();
    try {
      keeper.signal(0, Signals.parse(spec.stop().signal()), false);
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
    Optional<Exit> ended = await(exit, grace);
    return ended.isPresent() ? ended.get() : kill(spec, keeper, run);
  }

  /** Kills every process of the container; returns when its first has ended. */
  public Exit kill(ContainerSpec spec, Keeper keeper, int run) throws InterruptedException {
    var exit = keeper.exit(run);
    cgroups.of(spec.id()).kill(KILL_WAIT);
    return await(exit, KILL_WAIT)
        .orElseThrow(
            () ->
                new StartException(
                    125,
                    "container "
                        + spec.name()
                        + " could not be killed: a process of it hangs in the kernel; try again later"));
  }

  private static Optional<Exit> await(java.util.concurrent.Future<Exit> exit, Duration atMost)
      throws InterruptedException {
    try {
      return Optional.of(
          atMost.isNegative()
              ? exit.get()
              : exit.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Cleans up after a run whose first process has ended: kills what is left of it, gives its root back, removes its
   * control group. Harmless when that has happened already.
   */
  public void finish(ContainerSpec spec, Keeper keeper) {
    Teardown.all(() -> keeper.drop(ROOT), () -> finishWithoutKeeper(spec));
  }

  /** As {@link #finish}, when the keeper is gone too. */
  public void finishWithoutKeeper(ContainerSpec spec) {
    ContainerCgroup cgroup = cgroups.of(spec.id());
    if (!cgroup.exists()) {
      return; // finished already, as most that are removed are
    }
    cgroup.end(KILL_WAIT);
    Fault.point("container.cgroup.removed");
  }

  /** What the container uses now. */
  public Usage usage(ContainerSpec spec) {
    return cgroups.of(spec.id()).usage();
  }

  /** Live processes of the container, by the host's numbers. */
  public List<Integer> processes(ContainerSpec spec) {
    return cgroups.of(spec.id()).processes();
  }

  public void pause(ContainerSpec spec) {
    cgroups.of(spec.id()).freeze();
  }

  public void unpause(ContainerSpec spec) {
    cgroups.of(spec.id()).thaw();
  }

  /** Removes all that the container has on disk, its writable layer and its log; it must not run. */
  public void remove(ContainerSpec spec) {
    Teardown.all(
        () -> finishWithoutKeeper(spec), () -> keepers.remove(spec), () -> Trees.delete(folder(spec)));
    cgroups.place(spec.id(), "");
  }
}

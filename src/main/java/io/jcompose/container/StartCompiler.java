package io.jcompose.container;

import static io.jcompose.linux.Mounts.MS_NODEV;
import static io.jcompose.linux.Mounts.MS_NOEXEC;
import static io.jcompose.linux.Mounts.MS_NOSUID;
import static io.jcompose.linux.Mounts.MS_RDONLY;

import io.jcompose.container.security.HiddenPaths;
import io.jcompose.linux.Fs;
import io.jcompose.linux.MountOptions;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compiles the program that makes a container, in the order of DESIGN §1. */
final class StartCompiler {
  private static final long MS_STRICTATIME = 1 << 24;
  private static final int TTY_GROUP = 5;
  private static final long NOTHING_SPECIAL = MS_NOSUID | MS_NOEXEC | MS_NODEV;

  private final ContainerSpec spec;
  private final StartFacts facts;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> slots = new ArrayList<>();

  StartCompiler(ContainerSpec spec, StartFacts facts) {
    this.spec = spec;
    this.facts = facts;
  }

  /** The namespaces that clone(2) makes; the cgroup namespace is unshared once the cgroup is joined. */
  static long cloneFlags(Isolation isolation) {
    return Namespaces.CLONE_NEWNS
        | ifPrivate(isolation.uts(), Namespaces.CLONE_NEWUTS)
        | ifPrivate(isolation.ipc(), Namespaces.CLONE_NEWIPC)
        | ifPrivate(isolation.pid(), Namespaces.CLONE_NEWPID);
  }

  private static long ifPrivate(NamespaceMode mode, int flag) {
    return mode.own() ? flag : 0;
  }

  StepProgram compile() {
    process();
    namespaces();
    root();
    kernelFileSystems();
    devices();
    placements();
    settings();
    if (!relaxed() && !spec.confinement().unconfinedPaths()) {
      hide();
    }
    if (spec.root().readOnly()) {
      add(Op.MOUNT_ATTR, "/", Mounts.MOUNT_ATTR_RDONLY, 0, 0);
    }
    user();
    return new StepProgram(cloneFlags(spec.isolation()), steps, slots);
  }

  private void add(Op op, Object... args) {
    steps.add(Step.of(op, args));
  }

  private int slot(String name) {
    slots.add(name);
    return slots.size() - 1;
  }

  private boolean relaxed() {
    return spec.confinement().privileged();
  }

  private void process() {
    add(Op.DUMPABLE, 0);
    if (spec.isolation().pid() != NamespaceMode.PRIVATE) {
      oomScore(); // now: the process has another number in the container's /proc, or none
    }
    for (String cgroup : facts.cgroups()) {
      add(Op.CGROUP_JOIN, slot("cgroup " + cgroup));
    }
    add(Op.SETSID);
    add(Op.SIGDEFAULT);
    add(Op.KEYRING);
  }

  private void namespaces() {
    Isolation isolation = spec.isolation();
    if (isolation.net() != NamespaceMode.HOST) {
      add(Op.SETNS, slot("network"), Namespaces.CLONE_NEWNET);
    }
    if (isolation.ipc() == NamespaceMode.JOINED) {
      add(Op.SETNS, slot("ipc"), Namespaces.CLONE_NEWIPC);
    }
    if (isolation.uts() == NamespaceMode.JOINED) {
      add(Op.SETNS, slot("uts"), Namespaces.CLONE_NEWUTS);
    }
    if (isolation.pid() == NamespaceMode.JOINED) {
      add(Op.SETNS, slot("pid"), Namespaces.CLONE_NEWPID);
    }
    if (isolation.cgroup() == NamespaceMode.PRIVATE) {
      add(Op.UNSHARE, Namespaces.CLONE_NEWCGROUP);
    }
    if (isolation.uts() == NamespaceMode.PRIVATE) {
      add(Op.SETHOSTNAME, isolation.hostname());
      if (!isolation.domainname().isEmpty()) {
        add(Op.SETDOMAINNAME, isolation.domainname());
      }
    }
  }

  private void root() {
    add(Op.PRIVATE, "/");
    add(Op.MOVE_MOUNT, slot("root"), facts.rootPlace(), 1);
    add(Op.ENTER, facts.rootPlace());
    add(Op.PIVOT);
  }

  private void kernelFileSystems() {
    add(Op.MKDIR, "/proc", 0755);
    if (spec.isolation().pid() == NamespaceMode.JOINED) {
      add(Op.MOUNT_PROC, "/proc", NOTHING_SPECIAL);
    } else {
      add(Op.MOUNT, "proc", "/proc", "proc", NOTHING_SPECIAL, "");
    }
    add(Op.MKDIR, "/sys", 0755);
    long readOnly = relaxed() ? 0 : MS_RDONLY;
    add(Op.MOUNT, "sysfs", "/sys", "sysfs", NOTHING_SPECIAL | readOnly, "");
    add(Op.CGROUP_MOUNTS, "/sys/fs/cgroup");
    if (relaxed()) {
      add(Op.MOUNT_ATTR, "/sys/fs/cgroup", 0, Mounts.MOUNT_ATTR_RDONLY, 1);
    }
  }

  private void devices() {
    add(Op.MKDIR, "/dev", 0755);
    add(Op.MOUNT, "tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
    add(Op.MKDIR, "/dev/pts", 0755);
    add(
        Op.MOUNT,
        "devpts",
        "/dev/pts",
        "devpts",
        MS_NOSUID | MS_NOEXEC,
        "newinstance,ptmxmode=0666,mode=0620,gid=" + TTY_GROUP);
    add(Op.MKDIR, "/dev/shm", 01777);
    if (spec.isolation().ipc() == NamespaceMode.PRIVATE) {
      add(Op.MOUNT, "shm", "/dev/shm", "tmpfs", NOTHING_SPECIAL, SharedMemory.options(spec.shmSize()));
    } else {
      add(Op.MOVE_MOUNT, slot(SharedMemory.SLOT), "/dev/shm", 0);
    }
    add(Op.MKDIR, "/dev/mqueue", 01777);
    add(Op.MOUNT, "mqueue", "/dev/mqueue", "mqueue", NOTHING_SPECIAL, "");
    Set<String> made = new HashSet<>();
    List<DeviceNode> nodes = new ArrayList<>(DefaultDevices.NODES);
    nodes.addAll(facts.devices());
    for (DeviceNode node : nodes) {
      if (made.add(node.path())) {
        add(
            Op.MKNOD, node.path(), node.mode(), node.major(), node.minor(), node.uid(), node.gid());
      }
    }
    add(Op.SYMLINK, "pts/ptmx", "/dev/ptmx");
    add(Op.SYMLINK, "/proc/self/fd", "/dev/fd");
    add(Op.SYMLINK, "/proc/self/fd/0", "/dev/stdin");
    add(Op.SYMLINK, "/proc/self/fd/1", "/dev/stdout");
    add(Op.SYMLINK, "/proc/self/fd/2", "/dev/stderr");
    if (spec.process().tty()) {
      add(Op.TOUCH, "/dev/console", 0600);
    }
  }

  /** Something to place: at a path, by steps that are made when its turn comes. */
  private record Turn(String path, Runnable steps) {}

  /** Shallow targets first, so that a mount below another one ends up in it. */
  private void placements() {
    List<Turn> turns = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Placement placement : facts.placements()) {
      taken.add(placement.path());
      turns.add(new Turn(placement.path(), () -> place(placement)));
    }
    for (String file : facts.etcFiles()) {
      if (!taken.contains(file)) {
        turns.add(new Turn(file, () -> placeFile(file)));
      }
    }
    turns.stream()
        .sorted(Comparator.comparingLong(t -> t.path().chars().filter(c -> c == '/').count()))
        .forEach(turn -> turn.steps().run());
  }

  private void placeFile(String file) {
    add(Op.TOUCH, file, 0644);
    add(Op.MOVE_MOUNT, slot("file " + file), file, 0);
  }

  private void place(Placement placement) {
    String path = placement.path();
    if (!path.equals("/")) {
      add(placement.directory() ? Op.MKDIR : Op.TOUCH, path, placement.directory() ? 0755 : 0644);
    }
    if (placement.mount() instanceof Mount.Tmpfs tmpfs) {
      MountOptions options = MountOptions.parse(tmpfs.options(), NOTHING_SPECIAL);
      long readOnly = tmpfs.readOnly() ? MS_RDONLY : 0;
      add(Op.MOUNT, "tmpfs", path, "tmpfs", options.flags() | readOnly, options.data());
    } else {
      add(Op.MOVE_MOUNT, slot(slotName(placement.mount())), path, 0);
    }
  }

  /** The name of the slot that holds the tree of {@code mount}. */
  static String slotName(Mount mount) {
    return switch (mount) {
      case Mount.Bind bind ->
          "bind " + bind.source() + " on " + bind.target() + (bind.readOnly() ? ", read-only" : "");
      case Mount.Volume volume ->
          "volume "
              + volume.name()
              + (volume.subpath().isEmpty() ? "" : "/" + volume.subpath())
              + " on "
              + volume.target()
              + (volume.readOnly() ? ", read-only" : "");
      case Mount.Tmpfs tmpfs -> "tmpfs on " + tmpfs.target();
      case Mount.Image image ->
          "image "
              + image.image()
              + (image.subpath().isEmpty() ? "" : "/" + image.subpath())
              + " on "
              + image.target();
      case Mount.File file -> "file of " + file.name() + " on " + file.target();
    };
  }

  private void settings() {
    String cwd = spec.process().cwd();
    if (!cwd.isEmpty() && !cwd.equals("/")) {
      add(Op.MKDIR, cwd, 0755);
    }
    Sysctls.of(spec.sysctls(), spec.isolation())
        .forEach((path, value) -> add(Op.WRITE, path, value));
    if (spec.isolation().pid() == NamespaceMode.PRIVATE) {
      oomScore();
    }
  }

  private void oomScore() {
    add(Op.WRITE, "/proc/self/oom_score_adj", Integer.toString(spec.process().oomScoreAdj()));
  }

  private void hide() {
    HiddenPaths.MASKED.forEach(path -> add(Op.MASK, path));
    facts.thermal().forEach(path -> add(Op.MASK, path));
    HiddenPaths.READ_ONLY.forEach(path -> add(Op.READONLY, path));
  }

  private void user() {
    User user = facts.user();
    ProcessSpec process = spec.process();
    if (spec.isolation().pid() == NamespaceMode.JOINED) {
      add(Op.FORK_EXEC); // after the last slot is used: the child of the fork has none
    }
    if (process.tty()) {
      add(Op.PTY, user.uid(), TTY_GROUP, 1);
    } else {
      add(Op.STDIO);
    }
    steps.addAll(FinalSteps.ulimits(spec));
    add(Op.UMASK, 0022);
    long capabilities = FinalSteps.capabilities(spec.confinement(), facts.capabilities());
    byte[] filter =
        FinalSteps.filter(spec.confinement(), capabilities, facts.kernel(), facts.osArch());
    steps.addAll(
        FinalSteps.steps(
            user,
            capabilities,
            spec.confinement().noNewPrivileges(),
            process.cwd().isEmpty() ? "/" : process.cwd(),
            filter));
    if (process.init()) {
      add(Op.INIT);
    }
    List<String> env =
        Environment.of(
            process.env(), List.of(), spec.isolation().hostname(), user.home(), process.tty());
    steps.add(FinalSteps.exec(process.argv(), env));
  }

  /** The nodes that every container has (SECURITY DEV-1). */
  private static final class DefaultDevices {
    static final List<DeviceNode> NODES =
        List.of(
            node("/dev/null", 1, 3),
            node("/dev/zero", 1, 5),
            node("/dev/full", 1, 7),
            node("/dev/random", 1, 8),
            node("/dev/urandom", 1, 9),
            node("/dev/tty", 5, 0));

    private static DeviceNode node(String path, int major, int minor) {
      return new DeviceNode(path, Fs.S_IFCHR | 0666, major, minor, 0, 0);
    }
  }
}

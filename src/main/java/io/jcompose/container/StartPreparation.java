package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything of a start that happens before the process: users looked up, volumes filled, sources opened, the
 * program compiled. Closing it closes the descriptors; what the program got lives on in the container.
 */
final class StartPreparation implements AutoCloseable {
  private final ContainerSpec spec;
  private final Fd root;
  private final Map<String, Fd> slots = new HashMap<>();
  private final List<Placement> placements = new ArrayList<>();
  private final User user;

  StartPreparation(ContainerSpec spec, Fd root) {
    this(spec, root, user(root, spec));
  }

  /**
   * @param user who the process is
   */
  StartPreparation(ContainerSpec spec, Fd root, User user) {
    this.spec = spec;
    this.root = root;
    this.user = user;
  }

  /** Who the container's process is. */
  static User user(Fd root, ContainerSpec spec) {
    return user(root, spec.process().user(), spec.process().groupAdd());
  }

  /** Looks {@code name} up in the image's files. */
  static User user(Fd root, String name, List<String> groupAdd) {
    String passwd =
        ConfinedFiles.read(root, "/etc/passwd", Users.MAX_FILE_BYTES).orElse("");
    String group = ConfinedFiles.read(root, "/etc/group", Users.MAX_FILE_BYTES).orElse("");
    return new Users(passwd, group).resolve(name, groupAdd);
  }

  User user() {
    return user;
  }

  /** Opens the sources of all mounts and fills new volumes. */
  void mounts(MountSources sources) {
    for (Mount mount : spec.mounts()) {
      String target = target(mount);
      if (mount instanceof Mount.Tmpfs) {
        placements.add(new Placement(mount, target, true));
        continue;
      }
      if (mount instanceof Mount.Volume volume) {
        sources.fill(root, volume, target);
      }
      Fd tree = sources.tree(mount);
      give(StartCompiler.slotName(mount), tree);
      placements.add(new Placement(mount, target, Fs.stat(tree).isDirectory()));
    }
  }

  /** Where the mounts would go; opens and changes nothing. */
  void placesOfMounts() {
    for (Mount mount : spec.mounts()) {
      placements.add(new Placement(mount, target(mount), MountSources.isDirectory(mount)));
    }
  }

  private String target(Mount mount) {
    String target = mount.target();
    if (!target.startsWith("/")) {
      throw new StartException(125, "the mount target " + target + " is not an absolute path");
    }
    String path = ConfinedFiles.canonical(root, target);
    if (path.equals("/")) {
      throw new StartException(125, "the mount target " + target + " is the root of the container");
    }
    if (MountTargets.forbidden(path)) {
      throw new StartException(
          125, "the mount target " + target + " would hide what /proc tells; mount it elsewhere");
    }
    return path;
  }

  /** Makes {@code files} (path in the container to file of the engine) available to the program. */
  List<String> files(Map<String, Path> files) {
    List<String> paths = new ArrayList<>();
    files.forEach(
        (target, file) -> {
          String path = ConfinedFiles.canonical(root, target);
          paths.add(path);
          give("file " + path, MountSources.file(file));
        });
    return paths;
  }

  void give(String slot, Fd fd) {
    slots.put(slot, fd);
  }

  /** The program for this host. */
  StepProgram compile(
      HostFacts host, List<String> cgroups, List<DeviceNode> nodes, String place, List<String> etcFiles) {
    try {
      return StepProgram.compile(
          spec,
          new StartFacts(
              user,
              host.capabilities(),
              host.kernel(),
              host.osArch(),
              cgroups,
              host.thermal(),
              nodes,
              place,
              placements,
              etcFiles));
    } catch (IllegalArgumentException e) {
      throw new StartException(125, e.getMessage(), e);
    }
  }

  /** The descriptors in the order of the program's slots. */
  List<Fd> inOrder(StepProgram program, Map<String, Fd> others) {
    List<Fd> ordered = new ArrayList<>();
    for (String slot : program.slots()) {
      Fd fd = slots.getOrDefault(slot, others.get(slot));
      if (fd == null) {
        throw new IllegalArgumentException("the start was given no descriptor for: " + slot);
      }
      ordered.add(fd);
    }
    return ordered;
  }

  @Override
  public void close() {
    slots.values().forEach(Fd::close);
  }

  /** Rules of the spec's own, checked before anything is made. */
  static HostDevices.Found devices(ContainerSpec spec) {
    try {
      return HostDevices.of(spec);
    } catch (IllegalArgumentException e) {
      throw new StartException(125, e.getMessage(), e);
    }
  }
}

package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens what is mounted into a container, as detached trees that are already as the container shall see them. */
final class MountSources implements AutoCloseable {
  private static final byte[] ITSELF = new byte[0];

  /** One first use of a volume at a time; by its folder. */
  private static final ConcurrentHashMap<String, Object> FIRST_USES = new ConcurrentHashMap<>();

  private final Map<String, Fd> volumes;
  private final Map<String, Fd> files;
  private final Path place;

  private MountSources(Map<String, Fd> volumes, Map<String, Fd> files, Path place) {
    this.volumes = volumes;
    this.files = files;
    this.place = place;
  }

  /**
   * @param place an existing folder to work on in mount namespaces of its own
   */
  static MountSources open(List<Mount> mounts, StartInputs inputs, Path place) {
    return new MountSources(inputs.volumes(), FileTrees.make(mounts, inputs.files(), place), place);
  }

  /** As {@link #open(List, StartInputs, Path)}, without secrets and configs. */
  static MountSources open(Map<String, Fd> volumes, Path place) {
    return new MountSources(volumes, Map.of(), place);
  }

  /** Whether the source is a directory, as far as that can be known before it is opened. */
  static boolean isDirectory(Mount mount) {
    return switch (mount) {
      case Mount.Bind bind -> Files.isDirectory(Path.of(bind.source()));
      case Mount.Volume volume ->
          volume.subpath().isEmpty()
              || !Files.isRegularFile(Path.of(volume.source()).resolve(volume.subpath()));
      case Mount.Tmpfs _, Mount.Image _ -> true;
      case Mount.File _ -> false;
    };
  }

  /** The tree of {@code mount}: cloned, read-only or not, with its propagation. The caller closes it. */
  Fd tree(Mount mount) {
    return switch (mount) {
      case Mount.Bind bind -> bind(bind);
      case Mount.Volume volume -> volume(volume);
      case Mount.Image image -> ImageTree.mount(image, place);
      case Mount.File file -> files.get(file.target()).duplicate();
      case Mount.Tmpfs tmpfs ->
          throw new IllegalArgumentException("a tmpfs has no source: " + tmpfs.target());
    };
  }

  private static Fd bind(Mount.Bind bind) {
    try (Fd source = open(bind.source(), Fs.O_PATH, "bind source path " + bind.source())) {
      Propagation propagation = Propagation.of(bind.propagation());
      propagation.check(bind.source(), source);
      Fd tree = Mounts.cloneTree(source, ITSELF, bind.recursive());
      return arranged(tree, propagation, bind.readOnly(), !bind.writableBelow());
    }
  }

  private Fd volume(Mount.Volume volume) {
    Fd tree = volume.fileSystem().equals(Mount.FileSystem.NONE) ? folder(volume) : mounted(volume);
    return arranged(tree, Propagation.PRIVATE, volume.readOnly(), true);
  }

  private static Fd arranged(Fd tree, Propagation propagation, boolean readOnly, boolean below) {
    try {
      propagation.set(tree);
      if (readOnly) {
        Mounts.setAttributes(tree, Mounts.MOUNT_ATTR_RDONLY, 0, below);
      }
      return tree;
    } catch (RuntimeException e) {
      tree.close();
      throw e;
    }
  }

  private static Fd open(String path, int flags, String what) {
    try {
      return Fs.open(path, flags, 0);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
        throw new StartException(125, what + " does not exist", e);
      }
      throw new StartException(125, what + " cannot be opened: " + Errno.message(e.errno()), e);
    }
  }

  private static Fd folder(Mount.Volume volume) {
    String what = "the folder " + volume.source() + " of volume " + volume.name();
    try (Fd whole = open(volume.source(), Fs.O_PATH, what);
        Fd part = below(whole, volume.subpath(), "volume " + volume.name())) {
      return Mounts.cloneTree(part, ITSELF, true);
    }
  }

  private Fd mounted(Mount.Volume volume) {
    return VolumeNamespace.tree(namespace(volume), volume.subpath(), "volume " + volume.name());
  }

  private Fd namespace(Mount.Volume volume) {
    Fd namespace = volumes.get(volume.name());
    if (namespace == null) {
      throw new IllegalArgumentException("the start was given nothing for volume " + volume.name());
    }
    return namespace;
  }

  /** {@code subpath} below {@code whole}, which no link and no dots lead out of; {@code whole} when it is empty. */
  static Fd below(Fd whole, String subpath, String what) {
    if (subpath.isEmpty()) {
      return whole.duplicate();
    }
    try {
      return Fs.openat2(whole, subpath, Fs.O_PATH, 0, Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_MAGICLINKS);
    } catch (LinuxException e) {
      String why = e.is(Errno.EXDEV) ? "it leads out of it" : Errno.message(e.errno());
      throw new StartException(125, "the subpath " + subpath + " of " + what + ": " + why, e);
    }
  }

  /** Fills an empty volume with what the image has at its target. */
  void fill(Fd root, Mount.Volume volume, String target) {
    if (volume.nocopy() || !volume.subpath().isEmpty()) {
      return;
    }
    boolean folder = volume.fileSystem().equals(Mount.FileSystem.NONE);
    Object lock = FIRST_USES.computeIfAbsent(volume.name(), key -> new Object());
    synchronized (lock) {
      try (Fd to = folder ? opened(volume) : VolumeNamespace.root(namespace(volume));
          Fd from = ConfinedFiles.directory(root, target).orElse(null)) {
        if (from != null) {
          VolumeCopy.fill(from, to);
        }
      } catch (LinuxException e) {
        throw new StartException(
            125,
            "volume " + volume.name() + " cannot be filled from " + target + " of the image: " + e.getMessage(),
            e);
      }
    }
    FIRST_USES.remove(volume.name(), lock);
  }

  private static Fd opened(Mount.Volume volume) {
    int directory = Fs.O_RDONLY | Fs.O_DIRECTORY;
    return open(volume.source(), directory, "the folder of volume " + volume.name());
  }

  /** A file of the engine's as a tree that the container may write, but not replace. */
  static Fd file(Path path) {
    Fd tree = Mounts.cloneTree(null, path.toString().getBytes(StandardCharsets.UTF_8), false);
    return arranged(tree, Propagation.PRIVATE, false, false);
  }

  @Override
  public void close() {
    files.values().forEach(Fd::close);
  }
}

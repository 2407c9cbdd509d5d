package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** Opens what is mounted into a container, as detached trees that are already as the container shall see them. */
final class MountSources {
  private static final byte[] ITSELF = new byte[0];

  /** One first use of a volume at a time; by its folder. */
  private static final ConcurrentHashMap<String, Object> FIRST_USES = new ConcurrentHashMap<>();

  private MountSources() {}

  /** The source of a bind or volume, as an O_PATH descriptor. */
  static Fd open(Mount mount) {
    return switch (mount) {
      case Mount.Bind bind -> path(bind.source(), "bind source path " + bind.source());
      case Mount.Volume volume -> volume(volume);
      case Mount.Tmpfs tmpfs ->
          throw new IllegalArgumentException("a tmpfs has no source: " + tmpfs.target());
    };
  }

  private static Fd path(String path, String what) {
    return open(path, Fs.O_PATH, what);
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

  private static Fd volume(Mount.Volume volume) {
    Fd whole = path(volume.source(), "the folder " + volume.source() + " of volume " + volume.name());
    if (volume.subpath().isEmpty()) {
      return whole;
    }
    try (whole) {
      long beneath = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_MAGICLINKS;
      return Fs.openat2(whole, volume.subpath(), Fs.O_PATH, 0, beneath);
    } catch (LinuxException e) {
      String why = e.is(Errno.EXDEV) ? "it leads out of the volume" : Errno.message(e.errno());
      throw new StartException(
          125, "the subpath " + volume.subpath() + " of volume " + volume.name() + ": " + why, e);
    }
  }

  /** Fills an empty volume with what the image has at its target. */
  static void fill(Fd root, Mount.Volume volume, String target) {
    if (volume.nocopy() || !volume.subpath().isEmpty()) {
      return;
    }
    Object lock = FIRST_USES.computeIfAbsent(volume.source(), key -> new Object());
    synchronized (lock) {
      try (Fd to = open(volume.source(), Fs.O_RDONLY | Fs.O_DIRECTORY, "the folder of volume " + volume.name());
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
    FIRST_USES.remove(volume.source(), lock);
  }

  /** The tree of {@code mount} from its opened source: cloned, read-only or not, with its propagation. */
  static Fd tree(Mount mount, Fd source) {
    boolean recursive = !(mount instanceof Mount.Bind bind) || bind.recursive();
    Fd tree = Mounts.cloneTree(source, ITSELF, recursive);
    try {
      propagate(tree, mount instanceof Mount.Bind bind ? bind.propagation() : "rprivate");
      if (mount.readOnly()) {
        Mounts.setAttributes(tree, Mounts.MOUNT_ATTR_RDONLY, 0, true);
      }
      return tree;
    } catch (RuntimeException e) {
      tree.close();
      throw e;
    }
  }

  private static void propagate(Fd tree, String propagation) {
    boolean recursive = propagation.startsWith("r");
    switch (propagation) {
      case "", "rprivate" -> Mounts.setPropagation(tree, Mounts.MS_PRIVATE, true);
      case "private" -> Mounts.setPropagation(tree, Mounts.MS_PRIVATE, false);
      case "slave", "rslave" -> Mounts.setPropagation(tree, Mounts.MS_SLAVE, recursive);
      case "shared", "rshared" -> Mounts.setPropagation(tree, Mounts.MS_SHARED, recursive);
      default ->
          throw new StartException(
              125,
              "\"" + propagation + "\" is not a propagation; there are private, slave and shared, and with"
                  + " an r before them");
    }
  }

  /** A file of the engine's as a tree that the container may write, but not replace. */
  static Fd file(java.nio.file.Path path) {
    Fd tree = Mounts.cloneTree(null, path.toString().getBytes(StandardCharsets.UTF_8), false);
    try {
      Mounts.setPropagation(tree, Mounts.MS_PRIVATE, false);
      return tree;
    } catch (RuntimeException e) {
      tree.close();
      throw e;
    }
  }
}

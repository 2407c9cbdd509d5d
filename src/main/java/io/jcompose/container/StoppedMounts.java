package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a container that does not run has mounted on its own disk: binds, volumes and images, as a start places them. */
final class StoppedMounts implements AutoCloseable {
  private static final long INSIDE = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;

  private record Placed(String path, boolean directory, Fd tree) {}

  private final List<Placed> mounts = new ArrayList<>();
  private final boolean readOnly;

  private StoppedMounts(boolean readOnly) {
    this.readOnly = readOnly;
  }

  /** Opens them, and fills new volumes from {@code root}. */
  static StoppedMounts open(ContainerSpec spec, Fd root, MountSources sources) {
    StoppedMounts all = new StoppedMounts(spec.root().readOnly());
    try {
      for (Mount mount : spec.mounts()) {
        // The others exist in memory only, and only while it runs.
        if (mount instanceof Mount.Bind || mount instanceof Mount.Volume || mount instanceof Mount.Image) {
          all.add(mount, ConfinedFiles.canonical(root, mount.target()), root, sources);
        }
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private void add(Mount mount, String target, Fd root, MountSources sources) {
    if (mount instanceof Mount.Volume volume) {
      sources.fill(root, volume, target);
    }
    Fd tree = sources.tree(mount);
    mounts.add(new Placed(target, Fs.stat(tree).isDirectory(), tree));
  }

  /** @param root of the calling thread's mount namespace */
  void place(Fd root) {
    for (Placed mount : mounts) {
      try (Fd on = target(root, mount.path(), mount.directory())) {
        Mounts.move(mount.tree(), on);
      }
    }
    if (readOnly) {
      Mounts.setAttributes(root, Mounts.MOUNT_ATTR_RDONLY, 0, false);
    }
  }

  private static Fd target(Fd root, String path, boolean directory) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    Fd there = Fs.openIfThere(root, name, Fs.O_PATH, INSIDE);
    if (there != null) {
      return there;
    }
    int slash = path.lastIndexOf('/');
    String parent = path.substring(0, Math.max(1, slash));
    try (Fd above = parent.equals("/") ? root.duplicate() : target(root, parent, true)) {
      byte[] last = path.substring(slash + 1).getBytes(StandardCharsets.UTF_8);
      if (directory) {
        Fs.mkdir(above, last, 0755);
      } else {
        Fs.openat2(above, last, Fs.O_WRONLY | Fs.O_CREAT | Fs.O_EXCL, 0644, 0).close();
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
    return Fs.openat2(root, name, Fs.O_PATH, 0, INSIDE);
  }

  @Override
  public void close() {
    mounts.forEach(mount -> mount.tree().close());
  }
}

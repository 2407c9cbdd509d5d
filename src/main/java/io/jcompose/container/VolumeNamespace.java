package io.jcompose.container;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.MountOptions;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.file.Path;

/**
 * The file system of a volume that several containers share while any of them runs: it is all that there is in a mount
 * namespace which lives as long as a descriptor of it. So it shows in no mount table of the host's, and is unmounted
 * when the last container's keeper lets go, whether an engine runs or not. A detached tree would not do: before
 * Linux 6.15 it can't be cloned for the next container.
 */
public final class VolumeNamespace {
  private VolumeNamespace() {}

  /**
   * Mounts {@code what}.
   *
   * @param volume its name, for messages
   * @param place an existing folder to work on
   */
  public static Fd mount(String volume, Mount.FileSystem what, Path place) {
    try {
      return Namespaces.inNewMountNamespace(
          () -> {
            MountOptions options = MountOptions.parse(what.options(), 0);
            Mounts.mount(what.device(), place.toString(), what.type(), options.flags(), options.data());
            Fd namespace = Namespaces.mountNamespace();
            Mounts.keepOnly(place.toString());
            return namespace;
          });
    } catch (LinuxException e) {
      throw new StartException(
          125,
          "volume " + volume + ": " + what.device() + " cannot be mounted as " + what.type()
              + (what.options().isEmpty() ? "" : " with " + what.options()) + ": " + explain(what, e),
          e);
    }
  }

  private static String explain(Mount.FileSystem what, LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENODEV -> "this kernel has no file system \"" + what.type() + "\"";
      case Errno.EINVAL -> "the kernel doesn't take these options";
      default -> Errno.message(e.errno());
    };
  }

  /** The whole of it or a part, as a detached tree. */
  static Fd tree(Fd namespace, String subpath, String what) {
    return Namespaces.inMountNamespace(
        namespace,
        () -> {
          try (Fd whole = Fs.open("/", Fs.O_PATH, 0);
              Fd part = MountSources.below(whole, subpath, what)) {
            return Mounts.cloneTree(part, new byte[0], true);
          }
        });
  }

  /** Its root folder, for reading and writing. */
  static Fd root(Fd namespace) {
    return Namespaces.inMountNamespace(
        namespace, () -> Fs.open("/", Fs.O_RDONLY | Fs.O_DIRECTORY, 0));
  }
}

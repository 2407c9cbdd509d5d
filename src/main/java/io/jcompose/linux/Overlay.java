package io.jcompose.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Overlay mounts that hang nowhere. All directories lie in one folder and are given relative to it, because
 * the options have to fit into one page.
 */
public final class Overlay {
  private static final String PLAIN = ",index=off,redirect_dir=off,metacopy=off";

  private Overlay() {}

  /**
   * Mounts {@code lower}, the topmost first, with a writable layer on top, and returns the root of the detached
   * tree.
   *
   * @param folder holds everything else that is named here
   * @param writable a folder with the directories {@code upper} and {@code work}
   * @param point an empty directory to mount on in a mount namespace of its own
   */
  public static Fd mount(Path folder, List<Path> lower, Path writable, Path point) {
    Path base = folder.relativize(writable);
    String options =
        "lowerdir=" + names(folder, lower) + ",upperdir=" + base.resolve("upper") + ",workdir="
            + base.resolve("work") + PLAIN;
    return mount(folder, options, folder.relativize(point));
  }

  /** Mounts {@code lower}, at least two, the topmost first, without anything writable. */
  public static Fd mountReadOnly(Path folder, List<Path> lower, Path point) {
    return mount(folder, "lowerdir=" + names(folder, lower) + PLAIN, folder.relativize(point));
  }

  private static String names(Path folder, List<Path> lower) {
    return lower.stream().map(dir -> folder.relativize(dir).toString()).collect(Collectors.joining(":"));
  }

  private static Fd mount(Path folder, String options, Path point) {
    return Namespaces.inNewMountNamespace(
        () -> {
          LibC.check(LibC.C.chdir(Fs.z(folder.toString())), "chdir", folder);
          Mounts.mount("overlay", point.toString(), "overlay", 0, options);
          return Mounts.cloneTree(null, Fs.bytes(point.toString()), false);
        });
  }
}

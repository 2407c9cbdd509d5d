package io.jcompose.container;

import static io.jcompose.linux.Mounts.MS_NODEV;
import static io.jcompose.linux.Mounts.MS_NOEXEC;
import static io.jcompose.linux.Mounts.MS_NOSUID;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A /dev/shm that several containers see: whoever shares an IPC namespace expects the POSIX shared memory of the
 * others there. It is kept as a detached tree. Older kernels clone no such tree, so it is placed for a moment, in a
 * mount namespace that ends with the thread that made it, and cloned from there.
 *
 * @param used for one container; the caller closes it
 * @param kept for those that join later; the caller closes it
 */
record SharedMemory(Fd used, Fd kept) implements AutoCloseable {
  /** The slot of the program that has it, and the name under which the owner's keeper holds it. */
  static final String SLOT = "shm";

  private static final Path HOST = Path.of("/dev/shm");

  /** The data of mount(2) for a new one of {@code size} bytes. */
  static String options(long size) {
    return "mode=1777,size=" + size;
  }

  /** A new one, made at the empty folder {@code place}. */
  static SharedMemory make(long size, Path place) {
    return Namespaces.inNewMountNamespace(
        () -> {
          Mounts.mount("shm", place.toString(), "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, options(size));
          return cloned(place);
        });
  }

  /** The same memory again; {@code kept} is of no more use then, only what is returned. */
  static SharedMemory again(Fd kept, Path place) {
    return Namespaces.inNewMountNamespace(
        () -> {
          Mounts.move(kept, place.toString());
          return cloned(place);
        });
  }

  /** The host's own. */
  static Fd ofHost() {
    return clone(HOST);
  }

  private static Fd clone(Path folder) {
    return Mounts.cloneTree(null, folder.toString().getBytes(StandardCharsets.UTF_8), false);
  }

  private static SharedMemory cloned(Path place) {
    Fd used = clone(place);
    try {
      return new SharedMemory(used, clone(place));
    } catch (RuntimeException e) {
      used.close();
      throw e;
    }
  }

  @Override
  public void close() {
    used.close();
    kept.close();
  }
}

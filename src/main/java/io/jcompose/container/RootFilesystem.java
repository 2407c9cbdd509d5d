package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The overlay of image layers and a writable layer, as a detached mount tree: it shows in nobody's mount table. Each
 * run needs one of its own, for a tree whose run has ended cannot be cloned again (DESIGN §1).
 */
final class RootFilesystem {
  private static final String OPTIONS = "index=off,redirect_dir=off,metacopy=off";

  private RootFilesystem() {}

  /**
   * @param layers the top-most first
   * @param writable holds {@code upper} and {@code work}
   * @param place an existing folder on which the work is done, in a mount namespace that ends with it
   */
  static Fd mount(List<Path> layers, Path writable, Path place) {
    return mount(layers, writable, place, root -> {});
  }

  /**
   * As {@link #mount(List, Path, Path)}.
   *
   * @param more is given the root while it hangs in that namespace, and may mount on what is in it
   */
  static Fd mount(List<Path> layers, Path writable, Path place, Consumer<Fd> more) {
    try {
      return Namespaces.inNewMountNamespace(() -> build(layers, writable, place, more));
    } catch (LinuxException e) {
      throw new StartException(
          125, "the root file system cannot be mounted: " + explain(e, layers), e);
    }
  }

  private static String explain(LinuxException e, List<Path> layers) {
    for (Path layer : layers) {
      if (!java.nio.file.Files.isDirectory(layer)) {
        return "the image layer " + layer + " is missing; remove the image and get it again";
      }
    }
    return e.getMessage();
  }

  /**
   * mount(2) takes one page of options, so the layers get short names first: links in a tmpfs that is the working
   * directory of this thread, whose fs_struct is its own.
   */
  private static Fd build(List<Path> layers, Path writable, Path place, Consumer<Fd> more) {
    Mounts.mount("tmpfs", place.toString(), "tmpfs", Mounts.MS_NOSUID, "mode=700");
    Namespaces.changeDirectory(place.toString());
    List<String> lower = new ArrayList<>();
    for (Path layer : layers) {
      link(layer, Integer.toString(lower.size()));
      lower.add(Integer.toString(lower.size()));
    }
    if (lower.isEmpty()) {
      Fs.mkdir(null, bytes("empty"), 0755);
      lower.add("empty");
    }
    link(writable.resolve("upper"), "u");
    link(writable.resolve("work"), "w");
    Fs.mkdir(null, bytes("m"), 0755);
    String data = "lowerdir=" + String.join(":", lower) + ",upperdir=u,workdir=w," + OPTIONS;
    Mounts.mount("overlay", "m", "overlay", 0, data);
    try (Fd root = Fs.openat2(null, "m", Fs.O_PATH | Fs.O_DIRECTORY, 0, 0)) {
      more.accept(root);
    }
    return Mounts.cloneTree(null, bytes("m"), true);
  }

  private static void link(Path target, String name) {
    Fs.symlink(bytes(target.toAbsolutePath().toString()), null, bytes(name));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

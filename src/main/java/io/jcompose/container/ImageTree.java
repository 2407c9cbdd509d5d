package io.jcompose.container;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of an image, read-only, as a detached tree. */
final class ImageTree {
  private static final String PLAIN = ",index=off,redirect_dir=off,metacopy=off";

  private ImageTree() {}

  /**
   * @param place an existing folder on which the work is done, in a mount namespace that ends with it
   */
  static Fd mount(Mount.Image image, Path place) {
    for (Path layer : image.layers()) {
      if (!Files.isDirectory(layer)) {
        throw new StartException(
            125, "a layer of the image " + image.image() + " is missing; remove the image and get it again");
      }
    }
    try {
      return Namespaces.inNewMountNamespace(() -> build(image, place));
    } catch (LinuxException e) {
      throw new StartException(
          125, "the image " + image.image() + " cannot be mounted: " + e.getMessage(), e);
    }
  }

  /** Short links for the layers, as for a container's root; an overlay without a writable layer needs two. */
  private static Fd build(Mount.Image image, Path place) {
    Mounts.mount("tmpfs", place.toString(), "tmpfs", Mounts.MS_NOSUID, "mode=700");
    Namespaces.changeDirectory(place.toString());
    List<String> lower = new ArrayList<>();
    for (Path layer : image.layers()) {
      String name = Integer.toString(lower.size());
      Fs.symlink(bytes(layer.toAbsolutePath().toString()), null, bytes(name));
      lower.add(name);
    }
    Fs.mkdir(null, bytes("empty"), 0755);
    lower.add("empty");
    Fs.mkdir(null, bytes("m"), 0755);
    Mounts.mount("overlay", "m", "overlay", Mounts.MS_RDONLY, "lowerdir=" + String.join(":", lower) + PLAIN);
    try (Fd whole = Fs.open("m", Fs.O_PATH, 0);
        Fd part = MountSources.below(whole, image.subpath(), "image " + image.image())) {
      Fd tree = Mounts.cloneTree(part, new byte[0], false);
      Mounts.setAttributes(tree, Mounts.MOUNT_ATTR_RDONLY, 0, false);
      return tree;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

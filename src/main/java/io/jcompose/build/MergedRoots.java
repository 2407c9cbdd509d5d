package io.jcompose.build;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Overlay;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Layers seen as the one tree that they make. */
final class MergedRoots {
  private final ImageStore store;

  MergedRoots(ImageStore store) {
    this.store = store;
  }

  /** The root of these layers, the lowest first, to read from. */
  Fd open(List<Layer> stack) {
    List<Path> dirs = store.layerDirs(stack);
    if (dirs.size() == 1) {
      return Fs.open(dirs.getFirst().toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
    }
    Path point = store.layers().newWorkArea();
    try {
      return Overlay.mountReadOnly(store.layers().dir(), dirs, point);
    } finally {
      Trees.delete(point);
    }
  }

  /** The same with {@code area}/upper on top, to write to. */
  Fd open(List<Layer> stack, Path area) {
    try {
      Path point = Files.createDirectory(area.resolve("point"));
      return Overlay.mount(store.layers().dir(), store.layerDirs(stack), area, point);
    } catch (IOException e) {
      throw BuildFailure.of("preparing a layer", e);
    }
  }

  /** The files of one layer alone, if it is unpacked. */
  Optional<Fd> openUnpacked(Digest chainId) {
    byte[] path = store.layers().unpacked(chainId).toString().getBytes(StandardCharsets.UTF_8);
    return Optional.ofNullable(Fs.openIfThere(null, path, Fs.O_RDONLY | Fs.O_DIRECTORY, 0));
  }

  ImageStore store() {
    return store;
  }
}

package io.jcompose.build;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Trees;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes a layer out of what a piece of work changes on top of others. Fails without a trace. */
final class LayerMaker {
  /**
   * Work on {@code area}, which has the empty folders {@code upper} and {@code work} of an overlay.
   */
  @FunctionalInterface
  interface Work {
    void on(Path area) throws IOException;
  }

  private final MergedRoots roots;
  private final Optional<Long> latest;
  private final InUse inUse;

  /**
   * {@code latest} clamps file times, in seconds; {@code inUse} gets what garbage collection must
   * spare.
   */
  LayerMaker(MergedRoots roots, Optional<Long> latest, InUse inUse) {
    this.roots = roots;
    this.latest = latest;
    this.inUse = inUse;
  }

  /** Keeps these layers until the build is over. */
  void use(List<Layer> stack) {
    inUse.add(stack);
  }

  /** Takes over a claim of a layer's blob until the build is over. */
  void claimed(Digest blob) {
    inUse.claimed(blob);
  }

  MergedRoots roots() {
    return roots;
  }

  /**
   * The layer that {@code work} makes of {@code stack}, the lowest first. {@code what} is for
   * errors.
   */
  Layer make(List<Layer> stack, String what, Work work) {
    return make(stack, stack, what, work);
  }

  /**
   * The same for work that sees only {@code below}: the layer fits on any stack, and is put on
   * {@code stack}.
   */
  Layer make(List<Layer> below, List<Layer> stack, String what, Work work) {
    ImageStore store = roots.store();
    Path area = store.layers().newWorkArea();
    try {
      Path upper = Files.createDirectory(area.resolve("upper"));
      Files.createDirectory(area.resolve("work"));
      chmod(upper);
      work.on(area);
      Descriptor blob = write(below, upper);
      claimed(blob.digest());
      Digest chain =
          stack.isEmpty() ? blob.digest() : Layer.chain(stack.getLast().chainId(), blob.digest());
      Layer layer = new Layer(blob.digest(), chain, blob);
      use(List.of(layer));
      store.layers().adopt(upper, chain);
      return layer;
    } catch (IOException | LinuxException | io.jcompose.image.ImageException e) {
      throw BuildFailure.of(what, e);
    } finally {
      Trees.delete(area);
    }
  }

  private static void chmod(Path dir) {
    try (Fd fd = Fs.open(dir.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.chmod(fd, 0755);
    }
  }

  private Descriptor write(List<Layer> stack, Path upper) throws IOException {
    try (BlobWriter blob = roots.store().blobs().write();
        Fd changed = Fs.open(upper.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
        Fd below = roots.open(stack)) {
      BufferedOutputStream buffered = new BufferedOutputStream(blob, 1 << 17);
      try (TarWriter tar = new TarWriter(buffered)) {
        new LayerDiff(changed, below, tar, latest).write();
      }
      return blob.commit(MediaTypes.OCI_LAYER);
    }
  }
}

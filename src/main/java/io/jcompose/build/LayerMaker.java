package io.jcompose.build;

import io.jcompose.image.BlobPrefix;
import io.jcompose.image.Digest;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
    return make(below, stack, what, Optional.empty(), work).layer();
  }

  /** A layer, and what a later one may begin as. */
  record Made(Layer layer, LayerTar.Written tar) {}

  /** The same for a layer that may begin as a former one does. */
  Made make(
      List<Layer> below,
      List<Layer> stack,
      String what,
      Optional<LayerTar.Former> former,
      Work work) {
    ImageStore store = roots.store();
    Path area = store.layers().newWorkArea();
    try (BlobPrefix begun = former.isEmpty() ? null : former.get().begin(store.blobs())) {
      Path upper = Files.createDirectory(area.resolve("upper"));
      Files.createDirectory(area.resolve("work"));
      chmod(upper);
      work.on(area);
      LayerTar.Written tar = write(below, upper, former, Optional.ofNullable(begun));
      Digest blob = tar.blob().digest();
      claimed(blob);
      Digest chain = stack.isEmpty() ? blob : Layer.chain(stack.getLast().chainId(), blob);
      Layer layer = new Layer(blob, chain, tar.blob());
      use(List.of(layer));
      store.layers().adopt(upper, chain);
      return new Made(layer, tar);
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

  private LayerTar.Written write(
      List<Layer> stack, Path upper, Optional<LayerTar.Former> former, Optional<BlobPrefix> begun)
      throws IOException {
    try {
      return tar(stack, upper, former, begun);
    } catch (BlobPrefix.LostException e) {
      return tar(stack, upper, Optional.empty(), Optional.empty());
    }
  }

  private LayerTar.Written tar(
      List<Layer> stack, Path upper, Optional<LayerTar.Former> former, Optional<BlobPrefix> begun)
      throws IOException {
    try (Fd changed = Fs.open(upper.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
        Fd below = roots.open(stack);
        LayerTar tar = new LayerTar(roots.store().blobs(), changed, former, begun)) {
      Predicate<String> isPlain = former.map(LayerTar.Former::isSame).orElse(_ -> false);
      new LayerDiff(changed, below, tar, latest, isPlain).list();
      return tar.commit();
    }
  }
}

package io.jcompose.engine;

import io.jcompose.container.Mount;
import io.jcompose.engine.compile.MountCompiler;
import io.jcompose.image.Image;
import io.jcompose.image.ImageStore;
import java.util.ArrayList;
import java.util.List;

/** Images of the store as mounts of a container; none of them is removed until this is closed. */
final class ImageMounts implements MountCompiler.MountedImages, AutoCloseable {
  private final ImageStore store;
  private final List<ImageStore.Held> held = new ArrayList<>();

  ImageMounts(ImageStore store) {
    this.store = store;
  }

  @Override
  public Mount.Image mount(String reference, String target, String subpath) {
    ImageStore.Held found =
        store
            .hold(reference)
            .orElseThrow(
                () ->
                    new EngineException(
                        "the image " + reference + ", to be mounted at " + target + ", is not in the store;"
                            + " \"jcompose image pull\" gets it"));
    held.add(found);
    Image image = found.image();
    return new Mount.Image(reference, image.id().toString(), store.layerDirs(image), target, subpath);
  }

  @Override
  public void close() {
    held.forEach(ImageStore.Held::close);
  }
}

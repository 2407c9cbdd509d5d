package io.jcompose.engine;

import io.jcompose.container.Mount;
import io.jcompose.engine.compile.MountCompiler;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;

/** Images of the store as mounts of containers. */
record ImageMounts(ImageStore store) implements MountCompiler.MountedImages {
  @Override
  public Mount.Image mount(String reference, String target, String subpath) {
    Image image =
        store
            .find(ImageReference.parse(reference))
            .orElseThrow(
                () ->
                    new EngineException(
                        "the image " + reference + ", to be mounted at " + target + ", is not in the store;"
                            + " \"jcompose image pull\" gets it"));
    return new Mount.Image(reference, image.id().toString(), store.layerDirs(image), target, subpath);
  }
}

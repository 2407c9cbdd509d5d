package io.jcompose.engine;

import io.jcompose.image.ImageDigests;
import io.jcompose.image.ImageException;
import java.nio.file.Path;

/** Pins images to the digests that the local store has for them; no engine has to run. */
public final class ImagePins {
  private final ImageDigests digests;

  private ImagePins(ImageDigests digests) {
    this.digests = digests;
  }

  /** The pins of the store below a data root, as it is now. */
  public static ImagePins of(Path root) {
    try {
      return new ImagePins(ImageDigests.read(root.resolve("images")));
    } catch (ImageException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** The whole reference by digest; an image that the store doesn't have is an error. */
  public String pin(String image) {
    try {
      return digests
          .pinned(image)
          .orElseThrow(
              () ->
                  new EngineException(
                      "the image "
                          + image
                          + " is not in the local store, which alone is asked for its digest; pull it first"));
    } catch (ImageException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }
}

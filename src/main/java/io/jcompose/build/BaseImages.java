package io.jcompose.build;

import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;

/**
 * Finds the image of a FROM or {@code --from}: in the store, or pulled as the caller's policy says.
 */
@FunctionalInterface
public interface BaseImages {
  /**
   * The image, in the store. Throws when there is none, with a message that says where it was
   * looked for.
   */
  Image resolve(ImageReference reference);
}

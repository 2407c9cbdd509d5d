package io.jcompose.build;

import io.jcompose.image.Image;
import io.jcompose.image.Layer;
import java.util.Map;

/** A cache of steps from elsewhere, for the one build that is told of it. */
public interface CacheImport {
  /** The image that the cache is; its layers need not be in the store. */
  Image image();

  /**
   * Brings the layer's blob into the store, where it stays until the build is over.
   *
   * @throws io.jcompose.image.ImageException if it can't be had; the build goes on without the cache
   */
  void bring(Layer layer);

  /** Told once why nothing more comes from it. */
  void failed(String why);

  /** Whether an image with these annotations is a cache. */
  static boolean isCache(Map<String, String> annotations) {
    return annotations.containsKey(CacheRecords.ANNOTATION);
  }
}

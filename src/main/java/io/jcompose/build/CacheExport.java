package io.jcompose.build;

import io.jcompose.image.Image;

/** A place outside of the data root that gets what a build's steps came to. */
public interface CacheExport {
  /** Whether steps of all stages are wanted, not only those that the result is made of. */
  boolean ofAllStages();

  /** Takes the cache as an image; it is there during this call only. */
  void take(Image cache);
}

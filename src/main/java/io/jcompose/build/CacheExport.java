package io.jcompose.build;

import io.jcompose.image.Image;
import java.util.function.Consumer;

/**
 * A place outside of the data root that gets what a build's steps came to.
 *
 * @param ofAllStages whether steps of all stages are wanted, not only those that the result is made of
 * @param taking takes the cache as an image, which is there during the call only
 */
public record CacheExport(boolean ofAllStages, Consumer<Image> taking) {}

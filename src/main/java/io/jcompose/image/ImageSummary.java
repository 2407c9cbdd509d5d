package io.jcompose.image;

import java.util.List;

/** An image and its names, in the order of their normalised text; without a name it is dangling. */
public record ImageSummary(Image image, List<ImageReference> references) {}

package io.jcompose.image.registry;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;

/**
 * A pulled image: in the store under its name, its layers unpacked.
 *
 * @param descriptor of the manifest for the platform
 * @param pointed what the reference pointed to: that manifest, or an index that led to it; the {@code
 *     repo@digest} that people pin
 */
public record PulledImage(Image image, Descriptor descriptor, Digest pointed) {}

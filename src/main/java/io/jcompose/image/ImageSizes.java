package io.jcompose.image;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much room images take. All figures are bytes. */
public final class ImageSizes {
  private final BlobStore blobs;
  private final LayerStore layers;

  ImageSizes(BlobStore blobs, LayerStore layers) {
    this.blobs = blobs;
    this.layers = layers;
  }

  /** The image's layers as uncompressed archives: what an image's size is. */
  public long size(Image image) {
    return image.layers().stream().mapToLong(layers::size).sum();
  }

  /** What the image has on the disk: digests of blobs and chain ids of unpacked layers. */
  public Map<Digest, Long> parts(Image image) {
    Map<Digest, Long> parts = new LinkedHashMap<>();
    parts.put(image.manifest(), blobs.size(image.manifest()).orElse(0L));
    parts.put(image.id(), blobs.size(image.id()).orElse(0L));
    for (Layer layer : image.layers()) {
      parts.merge(layer.blob().digest(), blobs.size(layer.blob().digest()).orElse(0L), (a, _) -> a);
      // the lowest layer's chain id is its diffID, and that may be its blob, too
      parts.merge(layer.chainId(), layers.diskBytes(layer.chainId()), Long::sum);
    }
    return parts;
  }

  /** On the disk: one blob, one unpacked layer, or both where they share the digest. */
  public long onDisk(Digest digest) {
    return blobs.size(digest).orElse(0L) + layers.diskBytes(digest);
  }

  /** On the disk: all blobs and all unpacked layers. */
  public long onDisk() {
    try {
      return blobs.all().stream().mapToLong(digest -> blobs.size(digest).orElse(0L)).sum()
          + layers.all().stream().mapToLong(layers::diskBytes).sum();
    } catch (IOException e) {
      throw ImageException.io("measuring the image store", e);
    }
  }
}

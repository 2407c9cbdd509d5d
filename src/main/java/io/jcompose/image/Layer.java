package io.jcompose.image;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer of an image.
 *
 * @param diffId digest of the uncompressed tar
 * @param chainId names this layer on top of those below it (OCI image specification, config.md,
 *     "ChainID")
 * @param blob as it is stored, possibly compressed
 */
public record Layer(Digest diffId, Digest chainId, Descriptor blob) {

  /** The layers of an image, the lowest first, from the lists of its config and its manifest. */
  public static List<Layer> stack(List<Digest> diffIds, List<Descriptor> blobs) {
    if (diffIds.size() != blobs.size()) {
      throw new ImageException(
          "the image's manifest has " + blobs.size() + " layers, its config " + diffIds.size());
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < blobs.size(); i++) {
      Digest diffId = diffIds.get(i);
      Digest chain = i == 0 ? diffId : chain(layers.get(i - 1).chainId(), diffId);
      layers.add(new Layer(diffId, chain, blobs.get(i)));
    }
    return List.copyOf(layers);
  }

  /** The chain id of {@code diffId} put on top of {@code below}. */
  public static Digest chain(Digest below, Digest diffId) {
    String text = below + " " + diffId;
    return Digest.of(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}

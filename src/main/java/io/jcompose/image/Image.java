package io.jcompose.image;

import java.util.List;
import java.util.Map;

/**
 * An image of the store.
 *
 * @param id digest of the config
 * @param manifest digest of the manifest
 * @param layers the lowest first
 * @param annotations of the manifest
 */
public record Image(
    Digest id,
    Digest manifest,
    ImageConfig config,
    List<Layer> layers,
    Map<String, String> annotations) {
  /**
   * Set on the manifest of an image that this program made itself instead of pulling; its value
   * says how.
   */
  public static final String MADE_LOCALLY = "io.jcompose.image.made-locally";
}

package io.jcompose.image.registry;

import io.jcompose.image.Digest;

/**
 * How one layer is getting on.
 *
 * @param layer digest of its blob
 * @param done bytes so far
 * @param total bytes in all
 */
public record LayerProgress(Digest layer, Phase phase, long done, long total) {

  /** The stations of a layer; the texts are Docker's. */
  public enum Phase {
    PULLING("Pulling fs layer"),
    DOWNLOADING("Downloading"),
    RETRYING("Retrying"),
    VERIFYING("Verifying Checksum"),
    DOWNLOADED("Download complete"),
    EXTRACTING("Extracting"),
    PULL_COMPLETE("Pull complete"),
    ALREADY_EXISTS("Already exists");

    private final String text;

    Phase(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
